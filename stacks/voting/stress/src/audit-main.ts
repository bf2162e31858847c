import { parseOptions, runCommand, UsageError } from "@voting/proof";
import { audit, renderAudit } from "./audit.js";
import { LedgerDatabase } from "./ledger-database.js";
import { findVoterKey, openDatabase } from "./open-database.js";
import { PLACE_HELP, PLACE_OPTIONS, parsePlaces } from "./places.js";
import { StackClient } from "./stack-client.js";

const USAGE = `npm run audit -- [--vote URL] [--result URL] [--db URL] [--json]

Prints the levels of a running voting stack, without load, checks its tables, and compares the levels with each other and with what receipts say.
Exits 0 when the queue is drained and all that could be checked holds, 1 on any difference.

  accepted   votes answered with 2xx since the vote service started
  queued     ballots ever queued
  held       ballots that wait in the queue to be counted
  persisted  ballots in the ledger
  visible    votes on the result page: one for each voter

${PLACE_HELP}
  --json         one JSON object on standard output

Examples:
  npm run audit
  npm run audit -- --json
  DB_URL=postgres://app:secret@db.example.com:5432/app npm run audit -- --vote http://vote.example.com --result http://result.example.com
`;

await runCommand(USAGE, async (words) => {
  const { values, problems } = parseOptions(words, { ...PLACE_OPTIONS, json: null });
  const { places, problems: wrongPlaces } = parsePlaces(values);
  problems.push(...wrongPlaces);
  if (problems.length > 0) throw new UsageError(problems);

  const client = new StackClient(places, 4);
  const database = await openDatabase(places);
  try {
    const report = await audit(client, database, await findVoterKey(places));
    process.stdout.write(values.has("json") ? `${JSON.stringify(report)}\n` : renderAudit(report));
    return report.sound ? 0 : 1;
  } finally {
    client.close();
    if (database instanceof LedgerDatabase) await database.close();
  }
});
