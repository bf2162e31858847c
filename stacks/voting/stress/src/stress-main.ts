import { LiveConsole, onInterrupt, ReportFile, runCommand } from "@voting/proof";
import { LedgerDatabase } from "./ledger-database.js";
import { describeLoad, MOST_UNDER_WAY, PRESETS } from "./load.js";
import { openDatabase } from "./open-database.js";
import { parseStressWords } from "./parse-stress-words.js";
import { PLACE_HELP } from "./places.js";
import type { Progress } from "./progress.js";
import { renderLine, renderLive } from "./render-live.js";
import { renderReport } from "./render-report.js";
import { renderStress } from "./render-stress.js";
import { stress } from "./stress.js";
import { passed } from "./stress-report.js";

const presets = Object.entries(PRESETS).map(([name, { votes, parallel }]) => `${name} ${votes} ${parallel}`);

const USAGE = `npm run stress -- VOTES PARALLEL | PRESET | --rate R --for TIME   [options]

Casts votes by new voters and follows every one of them:
accepted (HTTP) = queued (the queue) = persisted (PostgreSQL) = visible (result API).
Exits 0 only when all four agree, the ledger shows each accepted ballot as counted, and nothing was invented.

  VOTES PARALLEL  so many votes, so many at a time; each client sends its next vote when the last was answered
  PRESET          a name for both: ${presets.join(", ")}
  --rate R        R votes a second, sent when they are due, whether or not the ones before were answered. At most
                  ${MOST_UNDER_WAY} requests are under way; beyond that votes are sent late, and the report says so.
  --for TIME      how long: 500ms, 60s, 2m

  --split 60/40   shares of the poll's first options
  --report FILE   write a page with pictures of it all: one HTML file that needs nothing else
  --json          one JSON object on standard output
${PLACE_HELP}

How it measures
  Latencies count from when a vote was sent; with --rate from when it was due, so that a stall shows in all that wait behind it.
  To persist, to visible: the n-th vote has arrived when the level has gained n. The ledger is looked at about every 25 ms (the
  report says how often); the result page by its event stream, as a viewer sees it, some times a second.
  The levels before the load are taken when the queue is drained. They count everybody's votes: nobody else may vote meanwhile.

Ctrl-C stops casting, follows what was cast to its end, and exits 1; once more ends at once.

Examples:
  npm run stress -- 1000 40
  npm run stress -- heavy --report stress.html
  npm run stress -- --rate 200 --for 60s --json
  npm run stress -- 5000 100 --vote http://127.0.0.1:9000 --result http://127.0.0.1:9001
`;

const LINE_EVERY_MS = 2_000;

await runCommand(USAGE, async (words) => {
  const { load, places, json, report: reportPath } = parseStressWords(words);
  const file = reportPath === null ? null : new ReportFile(reportPath);
  const database = await openDatabase(places);
  const live = new LiveConsole(LINE_EVERY_MS);
  const stop = new AbortController();
  onInterrupt(() => {
    live.say("stopping: no more votes are cast; once more ends at once");
    stop.abort();
  });
  let phase = "";
  const onProgress = (progress: Progress): void => {
    if (json) return;
    live.show({ lines: (width) => renderLive(progress, width), line: () => renderLine(progress) }, progress.phase !== phase);
    phase = progress.phase;
  };
  try {
    const { report, traces } = await stress({ ...places, load, database, signal: stop.signal, onProgress });
    live.clear();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : renderStress(report, describeLoad(load)));
    file?.write(renderReport({ report, traces, title: describeLoad(load), command: commandOf(words), places, at: new Date() }));
    return passed(report) ? 0 : 1;
  } finally {
    live.clear();
    if (database instanceof LedgerDatabase) await database.close();
  }
});

/** What was typed, without the address of the database: it may hold a password. */
function commandOf(words: readonly string[]): string {
  return `npm run stress -- ${words.map((word) => word.replace(/postgres(ql)?:.*/, "...")).join(" ")}`;
}
