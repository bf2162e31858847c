import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "@groundplan/testing";
import { commandRunner } from "../../src/docker/command-runner.js";
import { folderWith } from "../helpers.js";

const node = (script: string) => ({ program: process.execPath, args: ["-e", script] });

function runnerIn(folder: string) {
  const shown: string[] = [];
  const stop = new AbortController();
  return { shown, stop, runner: commandRunner({ folder, signal: stop.signal, onCommand: (text) => shown.push(text) }) };
}

test("a command's lines are heard as they come, and its end is told whatever it is", async () => {
  const { runner, shown } = runnerIn(folderWith({}));
  const heard: string[] = [];
  const command = { ...node("console.log(process.env.TAG); console.error('two'); process.exitCode = 3"), env: { TAG: "one" } };
  const result = await runner.run(command, { onLine: (text, stream) => heard.push(`${stream} ${text}`) });
  assert.deepEqual(result, { code: 3, stdout: "one", stderr: "two", missing: false });
  assert.deepEqual(heard.sort(), ["stderr two", "stdout one"]);
  assert.match(shown[0] ?? "", /^TAG=one .*node/);
});

test("of a command that prints without end the last lines are kept", async () => {
  const { runner } = runnerIn(folderWith({}));
  let heard = 0;
  const onLine = () => {
    heard += 1;
  };
  const { stdout } = await runner.run(node("for (let i = 1; i <= 1500; i++) console.log(i)"), { onLine });
  const kept = stdout.split("\n");
  assert.deepEqual([heard, kept.length, kept.at(-1)], [1500, 1000, "1500"]);
});

test("a program that does not exist is no crash", async () => {
  const { runner } = runnerIn(folderWith({}));
  assert.deepEqual(await runner.run({ program: "no-such-program-here", args: [] }), {
    code: null,
    stdout: "",
    stderr: "no-such-program-here: no such program",
    missing: true,
  });
});

test("a command elsewhere is shown with its folder, and a quiet one not at all", async () => {
  const folder = folderWith({ "vote/a.txt": "" });
  const { runner, shown } = runnerIn(folder);
  const { stdout } = await runner.run({ program: "node", args: ["-p", "process.cwd()"] }, { folder: join(folder, "vote") });
  assert.equal(stdout, join(folder, "vote"));
  await runner.run(node(""), { quiet: true });
  assert.deepEqual(shown, ["(cd vote && node -p 'process.cwd()')"]);
});

test("Ctrl-C ends what runs, with all that it started, and lets nothing more start", async () => {
  const { runner, shown, stop } = runnerIn(folderWith({}));
  const script = `require("node:child_process").spawn(process.execPath, ["-e", "console.log(process.pid); setInterval(() => {}, 1000)"], { stdio: "inherit" })`;
  let pid = 0;
  const running = runner.run(node(script), {
    onLine: (text) => {
      pid = Number(text);
    },
  });
  await until("the grandchild runs", () => pid > 0);
  stop.abort();
  await assert.rejects(running, (error) => error === stop.signal.reason);
  await until("the grandchild has ended", () => !lives(pid));
  await assert.rejects(runner.run(node("")), (error) => error === stop.signal.reason);
  assert.equal(shown.length, 1);
});

test("one command can be ended by itself, and its result comes", async () => {
  const { runner } = runnerIn(folderWith({}));
  const end = new AbortController();
  const running = runner.run(node("console.log('started'); setInterval(() => {}, 1000)"), {
    signal: end.signal,
    onLine: () => end.abort(),
  });
  assert.deepEqual(await running, { code: null, stdout: "started", stderr: "", missing: false });
  assert.equal((await runner.run(node(""))).code, 0);
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
