import assert from "node:assert/strict";
import { test } from "node:test";
import { renderRow, showProgress } from "../src/output/progress.js";
import type { Terminal } from "../src/output/terminal.js";

function recorded(columns: number | null): { readonly terminal: Terminal; readonly err: string[] } {
  const err: string[] = [];
  return {
    err,
    terminal: {
      out: () => {},
      err: (text) => err.push(text.replaceAll("\u001b", "ESC")),
      color: false,
      style: (_, text) => text,
      width: () => columns,
    },
  };
}

const ROW = { name: "vote", text: "step 1/3: FROM node", startedAt: 1_000, endedAt: null };

test("a row has the name, what it does and for how long, and never more columns than the screen", () => {
  assert.equal(renderRow(ROW, { now: 2_420, width: 6, columns: 60 }), `${"vote     step 1/3: FROM node".padEnd(51)}   1.4 s`);
  assert.match(renderRow({ ...ROW, endedAt: 3_000 }, { now: 9_000, width: 4, columns: 200 }), / 2\.0 s$/);
  for (const columns of [0, 5, 10, 20, 40]) {
    assert.ok(
      renderRow({ ...ROW, text: "x".repeat(100) }, { now: 2_000, width: 4, columns }).length <= Math.max(0, columns - 1),
      String(columns),
    );
  }
  assert.match(renderRow({ ...ROW, text: "x".repeat(100) }, { now: 2_000, width: 4, columns: 40 }), /^vote {3}x+\.\.\. {3}1\.0 s$/);
});

test("without a screen every change is a line, once", () => {
  const { terminal, err } = recorded(null);
  const progress = showProgress(terminal, ["vote", "a-long-name"]);
  progress.step("vote", "starts");
  progress.step("vote", "starts");
  progress.note("$ docker ps");
  progress.end("vote", "healthy");
  progress.end("vote", "healthy");
  progress.close();
  assert.deepEqual(err.slice(0, 2), ["vote        | starts", "groundplan  | $ docker ps"]);
  assert.match(err[2] ?? "", /^vote {8}\| healthy \(0\.\d s\)$/);
  assert.equal(err.length, 3);
});

test("on a screen the rows are written anew in place, and notes stay above them", () => {
  const { terminal, err } = recorded(60);
  const progress = showProgress(terminal, ["vote", "worker"]);
  progress.step("worker", "starts");
  progress.step("vote", "starts");
  progress.note("$ docker ps");
  progress.close();
  progress.note("after");
  assert.match(err[0] ?? "", /^worker +starts +0\.\d s$/);
  assert.match(err[1] ?? "", /^ESC\[1AESC\[Jvote +starts +0\.\d s\nworker +starts +0\.\d s$/);
  assert.match(err[2] ?? "", /^ESC\[2AESC\[Jgroundplan \| \$ docker ps\nvote .*\nworker .*$/);
  assert.equal(err[3], "groundplan | after");
});
