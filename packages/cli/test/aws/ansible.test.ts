import assert from "node:assert/strict";
import { test } from "node:test";
import { explainTask, parseAnsibleLine } from "../../src/aws/ansible.js";
import { explainSsh } from "../../src/aws/ssh.js";

test("the lines of ansible-playbook are read: plays, tasks, results and the recap", () => {
  assert.deepEqual(parseAnsibleLine("PLAY [Hosts are there] *********"), { kind: "play", name: "Hosts are there" });
  assert.deepEqual(parseAnsibleLine("TASK [Start vote [web]] ******"), { kind: "task", name: "Start vote [web]" });
  assert.deepEqual(parseAnsibleLine("RUNNING HANDLER [Restart] ***"), { kind: "task", name: "Restart" });
  assert.deepEqual(parseAnsibleLine('ok: [a] => {"msg": "x"}'), {
    kind: "result",
    host: "a",
    item: null,
    status: "ok",
    result: { msg: "x" },
  });
  assert.deepEqual(parseAnsibleLine("changed: [a] => (item={'a': (1)})"), {
    kind: "result",
    host: "a",
    item: "{'a': (1)}",
    status: "changed",
    result: {},
  });
  assert.deepEqual(parseAnsibleLine('ok: [a] => (item=1) => {"msg": "x"}'), {
    kind: "result",
    host: "a",
    item: "1",
    status: "ok",
    result: { msg: "x" },
  });
  assert.deepEqual(parseAnsibleLine("changed: [a]"), { kind: "result", host: "a", item: null, status: "changed", result: {} });
  assert.deepEqual(parseAnsibleLine("skipping: [a -> localhost]"), {
    kind: "result",
    host: "a",
    item: null,
    status: "skipping",
    result: {},
  });
  assert.deepEqual(parseAnsibleLine('failed: [a] (item=nn) => {"rc": 2, "stderr": "ls: no"}'), {
    kind: "result",
    host: "a",
    item: "nn",
    status: "failed",
    result: { rc: 2, stderr: "ls: no" },
  });
  assert.deepEqual(parseAnsibleLine('fatal: [a]: FAILED! => {"msg": "no"}'), {
    kind: "result",
    host: "a",
    item: null,
    status: "failed",
    result: { msg: "no" },
  });
  assert.deepEqual(parseAnsibleLine('fatal: [b]: UNREACHABLE! => {"msg": "ssh", "unreachable": true}'), {
    kind: "result",
    host: "b",
    item: null,
    status: "unreachable",
    result: { msg: "ssh", unreachable: true },
  });
  assert.deepEqual(parseAnsibleLine("FAILED - RETRYING: [a]: Wait for vote (2 retries left)."), {
    kind: "retry",
    host: "a",
    text: "Wait for vote (2 retries left).",
  });
  assert.deepEqual(
    parseAnsibleLine("a            : ok=3    changed=2    unreachable=0    failed=1    skipped=0    rescued=0    ignored=1   "),
    {
      kind: "recap",
      host: "a",
      counts: { ok: 3, changed: 2, unreachable: 0, failed: 1, skipped: 0, rescued: 0, ignored: 1 },
    },
  );
  assert.equal(parseAnsibleLine("PLAY RECAP ******"), null);
  assert.equal(parseAnsibleLine("[WARNING]: something"), null);
});

test("an item of a loop that could not reach its host is told as such", () => {
  const event = parseAnsibleLine('failed: [far] (item=a) => {"item": "a", "msg": "Connection refused", "unreachable": true}');
  assert.ok(event?.kind === "result");
  assert.equal(event.status, "unreachable");
  const whole = { msg: "All items completed", results: [{ msg: "ssh: Connection refused", unreachable: true }] };
  const { message } = explainTask({ host: "far", task: "Try", unreachable: true, result: whole }, "again", "connect");
  assert.match(message, /^far refuses SSH connections/);
});

const failed = (result: object) => ({ host: "backend", task: "Start worker", unreachable: false, result });

test("a failed task is told with its host, its name and what it printed", () => {
  const problem = explainTask(
    failed({ msg: "non-zero return code", rc: 125, stderr: "docker: Error response from daemon: no such image", stdout: "" }),
    "groundplan aws deploy",
    "connect",
  );
  assert.deepEqual(problem, {
    message: 'backend: "Start worker" failed (exit code 125)',
    detail: ["docker: Error response from daemon: no such image"],
    fix: "fix the error above, then resume with: groundplan aws deploy",
  });
  assert.deepEqual(explainTask(failed({ msg: ["one", "two"] }), "again", "connect").detail, ["one", "two"]);
  assert.deepEqual(explainTask(failed({ msg: "non-zero return code", rc: 1, stdout: "only out" }), "again", "connect").detail, [
    "only out",
  ]);
});

test("of a task with secrets it is said where to look, and nothing of what it printed", () => {
  const problem = explainTask(
    failed({ censored: "the output has been hidden", changed: false }),
    "again",
    "groundplan aws connect --limit backend",
  );
  assert.match(problem.message, /^backend: "Start worker" failed; its output is hidden/);
  assert.match(problem.fix, /groundplan aws connect --limit backend.*again/);
});

test("a host that cannot be reached is told in a sentence, by what ssh says", () => {
  const texts: readonly (readonly [text: string, told: RegExp])[] = [
    ["ssh: connect to host 10.0.2.4 port 22: Connection refused", /^backend refuses SSH connections.*: give a new machine/],
    ["ssh: connect to host 203.0.113.9 port 22: Connection timed out", /^backend doesn't answer over SSH: check that operator_cidr/],
    ["ubuntu@203.0.113.9: Permission denied (publickey).", /^backend refuses your SSH key: .*ssh-add/],
    ["ubuntu@203.0.113.9: Permission denied (publickey,password).", /^backend refuses your SSH key/],
    ["@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@\nHost key verification failed.", /host key has changed: .*known_hosts/],
    ["@ WARNING: UNPROTECTED PRIVATE KEY FILE! @\nPermission denied (publickey).", /others can read your private key.*: run chmod 600/],
    ["ssh: Could not resolve hostname backend: Name or service not known", /has no address in the files for SSH/],
    ["Connection closed by UNKNOWN port 65535", /can't be reached through the bastion/],
  ];
  for (const [text, told] of texts) {
    const { message, fix } = explainSsh(text, "backend", "groundplan aws deploy");
    assert.match(`${message}: ${fix}`, told, text);
    assert.match(fix, /then resume with: groundplan aws deploy$/, text);
  }
  const unknown = explainSsh("something else", "backend", "again");
  assert.deepEqual([unknown.message, unknown.detail], ["backend can't be reached over SSH", ["something else"]]);
  const unreachable = explainTask(
    {
      host: "backend",
      task: "Gather facts",
      unreachable: true,
      result: { msg: "Failed to connect to the host via ssh: Connection refused" },
    },
    "again",
    "connect",
  );
  assert.match(unreachable.message, /^backend refuses SSH connections/);
});
