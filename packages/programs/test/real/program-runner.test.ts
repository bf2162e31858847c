import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { until } from "@groundplan/testing";
import { programRunner, runProgram } from "../../src/index.js";

const node = (script: string) => ({ program: process.execPath, args: ["-e", script] });

function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "groundplan-programs-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function runnerIn(folder: string) {
  const shown: string[] = [];
  const stop = new AbortController();
  return { shown, stop, runner: programRunner({ folder, signal: stop.signal, onCommand: (text) => shown.push(text) }) };
}

test("a command's lines are heard as they come, and its end is told whatever it is", async () => {
  const { runner, shown } = runnerIn(newFolder());
  const heard: string[] = [];
  const command = { ...node("console.log(process.env.TAG); console.error('two'); process.exitCode = 3"), env: { TAG: "one" } };
  const result = await runner.run(command, { onLine: (text, stream) => heard.push(`${stream} ${text}`) });
  assert.deepEqual(result, { code: 3, stdout: "one", stderr: "two", missing: false });
  assert.deepEqual(heard.sort(), ["stderr two", "stdout one"]);
  assert.match(shown[0] ?? "", /^TAG=one .*node/);
});

test("of a command that prints without end the last lines are kept", async () => {
  const { runner } = runnerIn(newFolder());
  let heard = 0;
  const onLine = () => {
    heard += 1;
  };
  const { stdout } = await runner.run(node("for (let i = 1; i <= 1500; i++) console.log(i)"), { onLine });
  const kept = stdout.split("\n");
  assert.deepEqual([heard, kept.length, kept.at(-1)], [1500, 1000, "1500"]);
});

test("a program that does not exist is no crash", async () => {
  const { runner } = runnerIn(newFolder());
  assert.deepEqual(await runner.run({ program: "no-such-program-here", args: [] }), {
    code: null,
    stdout: "",
    stderr: "no-such-program-here: no such program",
    missing: true,
  });
});

test("a command elsewhere is shown with its folder, and a quiet one not at all", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "vote"));
  const { runner, shown } = runnerIn(folder);
  const { stdout } = await runner.run({ program: "node", args: ["-p", "process.cwd()"] }, { folder: join(folder, "vote") });
  assert.equal(stdout, join(folder, "vote"));
  await runner.run(node(""), { quiet: true });
  assert.deepEqual(shown, ["(cd vote && node -p 'process.cwd()')"]);
});

test("Ctrl-C ends what runs, with all that it started, and lets nothing more start", async () => {
  const { runner, shown, stop } = runnerIn(newFolder());
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
  const { runner } = runnerIn(newFolder());
  const end = new AbortController();
  const running = runner.run(node("console.log('started'); setInterval(() => {}, 1000)"), {
    signal: end.signal,
    onLine: () => end.abort(),
  });
  assert.deepEqual(await running, { code: null, stdout: "started", stderr: "", missing: false });
  assert.equal((await runner.run(node(""))).code, 0);
});

test("a line is whole, however long", async () => {
  const { stdout } = await runProgram(node("console.log('x'.repeat(1_000_000)); console.log('end')"));
  assert.deepEqual(
    stdout.split("\n").map((line) => line.length),
    [1_000_000, 3],
  );
});

test("a program that runs longer than it may is ended, and its result says so", async () => {
  const result = await runProgram(node("setInterval(() => {}, 1000)"), { timeoutMs: 100, end: { graceMs: 50 } });
  assert.deepEqual([result.code, result.timedOut, result.missing], [null, true, false]);
  assert.equal("timedOut" in (await runProgram(node(""), { timeoutMs: 600_000 })), false);
});

test("a program that does not listen is ended by force", async () => {
  const stop = new AbortController();
  const deaf = node("process.on('SIGINT', () => console.log('heard')); console.log('runs'); setInterval(() => {}, 1000)");
  const heard: string[] = [];
  const onLine = (text: string) => {
    heard.push(text);
    stop.abort();
  };
  const { code } = await runProgram(deaf, { onLine, signal: stop.signal, end: { stopSignal: "SIGINT", graceMs: 2_000 } });
  assert.equal(code, null);
  assert.deepEqual(heard, ["runs", "heard"]);
});

test("many programs run at once without a warning, and end with the process that runs them", async (context) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on("warning", onWarning);
  context.after(() => process.off("warning", onWarning));
  await Promise.all(Array.from({ length: 12 }, () => runProgram(node(""))));
  assert.deepEqual(warnings, []);

  const endless = JSON.stringify(node("console.log(process.pid); setInterval(() => {}, 1000)"));
  const index = JSON.stringify(new URL("../../src/index.ts", import.meta.url).href);
  const script = `const { runProgram } = await import(${index});
    runProgram(${endless}, { onLine: (pid) => { console.log(pid); process.exit(); } });`;
  const outer = { program: process.execPath, args: [...process.execArgv, "--import", "tsx", "--input-type=module", "-e", script] };
  const { stdout, stderr } = await runProgram(outer, { folder: import.meta.dirname });
  const pid = Number(stdout);
  assert.ok(pid > 0, stderr);
  await until("what it ran has ended", () => !lives(pid));
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
