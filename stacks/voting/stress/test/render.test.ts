import assert from "node:assert/strict";
import { test } from "node:test";
import { renderAudit } from "../src/audit.js";
import { CastRecord } from "../src/cast-record.js";
import type { Progress } from "../src/progress.js";
import { renderLine, renderLive, thinned } from "../src/render-live.js";
import { renderReport } from "../src/render-report.js";
import { renderStress } from "../src/render-stress.js";
import { passed, reportOf, type StressFindings, type StressRun } from "../src/stress-report.js";

const ID = "01a20293-2056-7068-9665-4ac8fc4e9cc0";

/** A run of four votes, 10 ms apart: accepted after 5 ms, persisted after 20, visible after 40. */
function runWith(change: Partial<StressFindings> = {}): StressRun {
  const record = new CastRecord();
  for (const n of [0, 1, 2, 3]) {
    record.receipts.push(`ballot-${n}.seal`);
    record.startMs.push(100 + 10 * n);
    record.acceptedAtMs.push(105 + 10 * n);
  }
  record.sent = 4;
  const levels = { accepted: 50, queued: 60, held: 0, persisted: 60, visible: 55 };
  const steps = (afterMs: number) => [0, 1, 2, 3].map((n) => ({ atMs: 100 + 10 * n + afterMs, gained: n + 1 }));
  return reportOf({
    load: { kind: "closed", votes: 4, parallel: 1, split: [60, 40] },
    interrupted: false,
    beganMs: 100,
    record,
    late: { lateMs: [], held: 0 },
    before: levels,
    after: { accepted: 54, queued: 64, held: 0, persisted: 64, visible: 59 },
    queuedSteps: steps(6),
    persistedSteps: steps(20),
    visibleSteps: steps(40),
    ledgerGapsMs: [20, 25],
    ledgerWentBack: 0,
    viewerBreaks: 0,
    missing: [],
    unacknowledged: null,
    invariants: null,
    unchecked: ["the tables, since <nobody> said where they are"],
    ...change,
  });
}

const page = (run: StressRun): string => {
  const places = { vote: "http://vote", result: "http://result" };
  return renderReport({ ...run, title: "4 votes <b>", command: "npm run stress -- 4 1", places, at: new Date(0) });
};

test("a good run's figures are what each level gained and how long the votes took", () => {
  const { report } = runWith();
  assert.deepEqual([report.accepted, report.queued, report.persisted, report.visible, report.phantom], [4, 4, 4, 4, 0]);
  assert.deepEqual([report.acceptLatencyMs.max, report.persistLatencyMs.p50, report.visibleLatencyMs.p99], [5, 20, 40]);
  assert.deepEqual([report.votesPerSecond, report.persistedPerSecond], [Math.round(4_000 / 35), 80]);
  assert.ok(passed(report));
  assert.match(renderStress(report, "4 votes"), /exact: every accepted vote was queued, persisted and visible once\n$/);
});

test("an interrupted run, one whose tables do not hold and one whose levels differ do not pass, each in its own words", () => {
  const last = (run: StressRun) => renderStress(run.report, "").trimEnd().split("\n").at(-1);
  const invariants = [{ name: "the sums agree", holds: false, detail: "1 and 2" }];
  const runs = [
    runWith({ interrupted: true }),
    runWith({ invariants }),
    runWith({ after: { accepted: 54, queued: 64, held: 0, persisted: 63, visible: 59 } }),
    runWith({ missing: [{ ballot: ID, state: "queued" }] }),
  ];
  assert.deepEqual(
    runs.map(({ report }) => passed(report)),
    [false, false, false, false],
  );
  assert.deepEqual(runs.map(last), [
    "STOPPED: every vote that was accepted until then was queued, persisted and visible once",
    "FAILED: the levels agree, and the tables do not",
    "FAILED: the levels do not agree",
    "FAILED: the levels agree, and the votes behind them are not the ones that were accepted",
  ]);
  assert.match(renderStress((runs[1] as StressRun).report, ""), /FAILS {2}the sums agree: 1 and 2/);
});

test("a ledger that was misread gives no times to persist, and says so", () => {
  const { report } = runWith({ ledgerWentBack: 2 });
  assert.equal(report.measured.persist, 0);
  assert.match(renderStress(report, ""), /to persist +- +- +- +-\n[\s\S]*The ledger's count went back 2 times/);
});

test("the names of missing ballots are cut in the table and complete in the report object", () => {
  const missing = Array.from({ length: 25 }, (_, index) => ({ ballot: `ballot-${index}`, state: "queued" }));
  const { report } = runWith({ missing });
  assert.match(renderStress(report, ""), /missing ballot-19: queued\nand 5 more \(--json lists all\)/);
  assert.equal(report.missing.length, 25);
});

test("the page needs nothing from elsewhere, runs no script, and shows text as text", () => {
  const html = page(runWith());
  assert.doesNotMatch(html, /<script|<link|<img|@import|url\(|src=/);
  assert.match(html, /4 votes &lt;b&gt;/);
  assert.match(html, /since &lt;nobody&gt; said/);
  assert.equal(html.match(/<svg/g)?.length, 4);
  assert.match(html, /aria-label="to persist: p50 20 ms, p90 20 ms, p99 20 ms, max 20 ms"/);
  assert.match(html, /✓ 4 votes, each counted once/);
});

test("the page of a bad run begins with what is wrong and names the ballots", () => {
  const html = page(
    runWith({ missing: [{ ballot: ID, state: "queued" }], after: { accepted: 54, queued: 64, held: 0, persisted: 65, visible: 60 } }),
  );
  assert.match(html, /<header class="bad">\n<h1>✗ Not exact/);
  assert.match(html, /class="wrong"><dt>phantom<\/dt><dd>1</);
  assert.match(html, new RegExp(`<code>${ID}: queued</code>`));
  assert.equal(html.match(/≠/g)?.length, 2);
});

test("a level that nothing reached is said, not drawn", () => {
  assert.match(runWith({ visibleSteps: [] }).report.sentences.join(), /4 votes are in the results and did not come by the event stream/);
  assert.match(
    page(runWith({ visibleSteps: [] })),
    /until a viewer of the result page saw it, 0 votes<\/span><\/h3>\n<p class="soft">No vote got there/,
  );
});

test("a long line is thinned to what can be seen, and keeps its end", () => {
  const steps = Array.from({ length: 10_000 }, (_, index) => ({ atMs: index, gained: index + 1 }));
  const kept = thinned(steps, 10_000);
  assert.equal(kept.length, 300);
  assert.equal(kept.at(-1)?.gained, 10_000);
});

const progress: Progress = {
  phase: "casting",
  done: 550,
  total: 1_000,
  accepted: 540,
  queued: 530,
  persisted: 481,
  visible: 402,
  errors: 10,
  votesPerSecond: 1_842,
};

test("the live picture has the bar, the four levels, rate, lag and errors, and fits the terminal", () => {
  const lines = renderLive(progress, 80);
  assert.match(lines[0] ?? "", /^casting +█+░+ +55 % {2}550 of 1,000$/);
  assert.deepEqual(
    lines.slice(1).map((line) => line.trim().replace(/ +/g, " ")),
    ["accepted 540 1,842 votes/s", "queued 530", "persisted 481 lag 59", "visible 402", "errors 10"],
  );
  for (const width of [20, 40, 80, 200]) for (const line of renderLive(progress, width)) assert.ok(line.length <= width, line);
});

test("elsewhere the same is one line", () => {
  assert.equal(
    renderLine(progress),
    "casting: 550 of 1,000; accepted 540, queued 530, persisted 481, visible 402; 1,842 votes/s, lag 59, errors 10",
  );
});

test("an audit without a database says what it did not check, and does not call the whole sound", () => {
  const levels = { accepted: 1, queued: 2, held: 0, persisted: 2, visible: 2 };
  const text = renderAudit({ ...levels, invariants: null, unchecked: ["the tables"], sound: true });
  assert.match(text, /not checked: the tables\nsound, as far as it was checked: the queue is drained\n$/);
  assert.match(
    renderAudit({ ...levels, held: 3, invariants: [], unchecked: [], sound: false }),
    /3 ballots are not counted yet\nFAILED\n$/,
  );
});
