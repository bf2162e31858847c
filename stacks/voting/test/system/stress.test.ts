import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { audit, LedgerDatabase, type Progress, passed, StackClient, type StressOptions, type StressReport, stress } from "@voting/stress";
import { startVoting, type VotingRun } from "@voting/testing";

const UNKNOWN = { unknown: "the tables" };
/** Where something has stopped for good; else a busy machine may stand still for longer. */
const STUCK_SOON = { stuckMs: 3_000 };

let run: VotingRun;
let database: LedgerDatabase;
before(async () => {
  run = await startVoting();
  database = await LedgerDatabase.open(run.pool.options.connectionString ?? "");
});
after(async () => {
  await database.close();
  await run.close();
});

const closed = (votes: number) => ({ kind: "closed", votes, parallel: 40, split: [60, 40] }) as const;
const open = (votesPerSecond: number, seconds: number) =>
  ({ kind: "open", votes: votesPerSecond * seconds, votesPerSecond, durationMs: 1_000 * seconds, split: [60, 40] }) as const;

async function cast(load: StressOptions["load"], options: Partial<StressOptions> = {}): Promise<StressReport> {
  const places = { vote: run.voteUrl, result: run.resultUrl };
  return (await stress({ ...places, load, database: UNKNOWN, stuckMs: 60_000, ...options })).report;
}

/** Does something once, as soon as so many votes of the load are persisted. */
function when(
  persisted: number,
  action: () => Promise<unknown>,
): {
  readonly onProgress: (progress: Progress) => void;
  readonly done: () => Promise<unknown>;
} {
  let started: Promise<unknown> | null = null;
  return {
    onProgress: (progress) => {
      if (progress.phase === "casting" && progress.persisted >= persisted) started ??= action();
    },
    done: async () => started ?? assert.fail("the load was over before"),
  };
}

/** A load of 200 votes a second for two seconds, something being done to the stack in the middle, and what came of it. */
async function castDuring<T>(action: () => Promise<T>, options: Partial<StressOptions> = {}): Promise<{ report: StressReport; result: T }> {
  const meanwhile = when(50, action);
  const report = await cast(open(200, 2), { ...options, onProgress: meanwhile.onProgress });
  return { report, result: (await meanwhile.done()) as T };
}

test("1,000 votes, 40 at a time: accepted = queued = persisted = visible, none lost, none invented, and the tables hold", async () => {
  const report = await cast(closed(1_000), { database });
  assert.deepEqual(
    [report.accepted, report.queued, report.persisted, report.visible, report.phantom, report.missing.length, report.unacknowledged],
    [1_000, 1_000, 1_000, 1_000, 0, 0, []],
  );
  assert.ok(report.exact && passed(report), report.sentences.join(" "));
  assert.deepEqual(report.measured, { accept: 1_000, persist: 1_000, visible: 1_000 });
  for (const latency of [report.acceptLatencyMs, report.persistLatencyMs, report.visibleLatencyMs]) {
    assert.ok(latency.p50 > 0 && latency.p50 <= latency.p90 && latency.p99 <= latency.max, JSON.stringify(latency));
  }
  const { rows } = await run.pool.query<{ votes: string }>("SELECT votes FROM tally ORDER BY vote");
  assert.deepEqual(
    rows.map((row) => Number(row.votes)),
    [600, 400],
  );
});

test("a vote that nobody cast is found as a phantom", async () => {
  const { report } = await castDuring(() => run.pool.query("INSERT INTO votes (id, vote) VALUES ('phantom', 'a')"), { database });
  assert.deepEqual([report.phantom, report.visible, report.persisted, report.exact], [1, 401, 400, false]);
  assert.deepEqual(report.missing, []);
  assert.ok(
    report.invariants?.every(({ holds }) => holds),
    "a vote without a ballot is a classic writer's right",
  );
});

test("votes of other voters meanwhile are told, and not called phantoms", async () => {
  const other = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 1);
  const { report, result } = await castDuring(() => Promise.all([other.vote("a"), other.vote("b")]), { database });
  other.close();
  assert.deepEqual([report.others, report.phantom, report.exact], [2, 0, false]);
  const ids = result.map(({ body }) => (JSON.parse(body) as { ballot: string }).ballot.split(".")[0]);
  assert.deepEqual([...(report.unacknowledged ?? [])].sort(), ids.sort());
});

test("ballots that vanish from the ledger under the load are named, each of them", async () => {
  const { report, result } = await castDuring(
    () =>
      run.pool.query<{ id: string; voter: string }>(
        "DELETE FROM ballots WHERE id IN (SELECT id FROM ballots ORDER BY counted_at DESC LIMIT 3) RETURNING id",
      ),
    { database },
  );
  const lost = result.rows;
  assert.equal(lost.length, 3);
  assert.deepEqual(report.missing.map(({ ballot }) => ballot.split(".")[0]).sort(), lost.map(({ id }) => id).sort());
  assert.deepEqual(
    [report.queued, report.persisted, report.visible, report.exact],
    [400, 400, 400, false],
    "the levels alone would not tell",
  );
  const failing = report.invariants?.filter(({ holds }) => !holds).map(({ name }) => name);
  assert.deepEqual(failing, [
    "the ledger has as many ballots as were counted",
    "each standing ballot is in the ledger with the same voter",
  ]);
  for (const { id } of lost) {
    await run.pool.query("INSERT INTO ballots (id, voter, vote) SELECT ballot, id, vote FROM votes WHERE ballot = $1", [id]);
  }
});

test("ballots that are not counted are named, a stack that counts none is refused, and one with a backlog is measured once it is drained", async () => {
  await run.stack.stop("worker");
  const report = await cast(closed(50), STUCK_SOON);
  assert.deepEqual([report.accepted, report.queued, report.persisted, report.exact], [50, 50, 0, false]);
  assert.deepEqual([report.missing.length, [...new Set(report.missing.map(({ state }) => state))]], [50, ["queued"]]);
  assert.deepEqual(report.measured, { accept: 50, persist: 0, visible: 0 });
  await assert.rejects(cast(closed(1), STUCK_SOON), {
    message: "50 ballots wait in the queue and none is counted; is the worker running?",
  });

  const phases: string[] = [];
  const onProgress = ({ phase }: Progress) => void (phases.at(-1) === phase || phases.push(phase));
  const measuring = cast(closed(50), { onProgress, database });
  await run.stack.restart("worker");
  const next = await measuring;
  assert.deepEqual([next.accepted, next.queued, next.persisted, next.visible, next.exact], [50, 50, 50, 50, true]);
  assert.deepEqual(phases, ["draining", "casting", "settling", "looking up"]);
});

test("an open load shows a stall of the vote service in all votes that were due meanwhile", async () => {
  const pid = run.stack.states().find(({ name }) => name === "vote")?.pid;
  assert.ok(pid);
  const { report } = await castDuring(async () => {
    process.kill(pid, "SIGSTOP");
    await sleep(300);
    process.kill(pid, "SIGCONT");
  });
  assert.ok(report.exact, report.sentences.join(" "));
  const { p50, p90, p99, max } = report.acceptLatencyMs;
  // Of 400 votes 60 were due in the stall, so a tenth of all waited for more than 100 ms.
  assert.ok(max >= 280 && p99 >= 240 && p90 >= 80 && p50 < p90, JSON.stringify(report.acceptLatencyMs));
  assert.ok(report.visibleLatencyMs.max >= 280);
});

test("a load that is stopped in the middle is followed to its end, and does not pass", async () => {
  const stopping = new AbortController();
  const { report } = await castDuring(async () => stopping.abort(), { signal: stopping.signal });
  assert.ok(report.interrupted && report.sent < 400 && report.sent >= 50);
  assert.deepEqual([report.accepted, report.persisted, report.visible, report.exact], [report.sent, report.sent, report.sent, true]);
  assert.equal(passed(report), false);
});

test("a result service that dies under the load and comes back changes no figure; one that stays away ends the run with what is known", async () => {
  const { report } = await castDuring(() => run.stack.kill("result"));
  assert.deepEqual([report.accepted, report.persisted, report.visible, report.exact], [400, 400, 400, true], report.sentences.join(" "));
  assert.ok(report.viewerBreaks > 0);
  assert.equal(report.measured.visible, 400, "the viewer comes back, as a browser does");

  await assert.rejects(
    castDuring(() => run.stack.stop("result"), STUCK_SOON),
    /nothing answers there; .*\n400 votes were cast and 400 accepted, \d+ were seen in the ledger/,
  );
  await run.stack.restart("result");
});

test("an audit finds a falsified tally and a ballot that is gone from the ledger", async () => {
  const client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 4);
  const failing = async (): Promise<readonly string[]> => {
    const { sound, invariants } = await audit(client, database);
    const names = (invariants ?? []).filter(({ holds }) => !holds).map(({ name }) => name);
    assert.equal(sound, names.length === 0);
    return names;
  };
  try {
    // What was stopped and killed above has left nothing behind.
    assert.deepEqual(await failing(), []);
    const one = "(vote, shard) IN (SELECT vote, shard FROM tallies ORDER BY vote, shard LIMIT 1)";
    await run.pool.query(`UPDATE tallies SET votes = votes + 1 WHERE ${one}`);
    assert.deepEqual(await failing(), ["the tallies equal the GROUP BY of the table"]);
    await run.pool.query(`UPDATE tallies SET votes = votes - 1 WHERE ${one}`);

    const gone = await run.pool.query(
      "DELETE FROM ballots WHERE id = (SELECT ballot FROM votes WHERE ballot IS NOT NULL LIMIT 1) RETURNING id, voter",
    );
    assert.deepEqual(await failing(), [
      "the ledger has as many ballots as were counted",
      "each standing ballot is in the ledger with the same voter",
    ]);
    const [{ id, voter }] = gone.rows;
    await run.pool.query("INSERT INTO ballots (id, voter, vote) VALUES ($1, 'somebody else', 'a')", [id]);
    assert.deepEqual(await failing(), [
      "each standing ballot is in the ledger with the same voter",
      "every voter of the ledger has a standing vote",
    ]);
    await run.pool.query("UPDATE ballots SET voter = $2 WHERE id = $1", [id, voter]);
    assert.deepEqual(await failing(), []);
  } finally {
    client.close();
  }
});

test("an audit of tables that are not those of the result service is found out", async () => {
  const client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 4);
  const auditOf = async (schema: string) => {
    const url = new URL(run.pool.options.connectionString ?? "");
    url.searchParams.set("options", `-c search_path=${schema}`);
    const other = await LedgerDatabase.open(url.href);
    return audit(client, other).finally(() => other.close());
  };
  try {
    await assert.rejects(
      auditOf("pg_catalog"),
      /cannot be read: relation "positions" does not exist; is this the voting stack's database\?/,
    );
    await run.pool.query(
      [
        "CREATE SCHEMA other",
        ...["positions", "ballots", "votes", "tally"].map((name) => `CREATE TABLE other.${name} AS TABLE ${name} WITH NO DATA`),
      ].join("; "),
    );
    const { sound, invariants } = await auditOf("other");
    assert.equal(sound, false);
    assert.deepEqual(
      invariants?.filter(({ holds }) => !holds).map(({ name }) => name),
      ["the result service reads this database"],
    );
  } finally {
    client.close();
  }
});
