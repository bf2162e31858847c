import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { connectClient, endClient, openReader, requireEnv } from "@voting/ballots";
import { type Accepted, acceptGap } from "./accept-gap.js";

/** What `--confirm` must say: whoever types it knows which stack this is. */
const STACK = process.env.STACK_NAME ?? "voting";

const USAGE = `Commands of the worker for an operator, beside counting (no command). They take DB_URL and QUEUE_URL as the worker does.

  node dist/main.js accept-gap --confirm ${STACK} [--discard-after-time TIME]
      Goes on although ballots are missing. Run it with the workers stopped.

  node dist/main.js restore FILE --confirm ${STACK} [--discard-after-time TIME]
      Restores the database from a backup that pg_dump --format=custom has made, in one transaction: all of it or none. Run it with the workers
      stopped. What the queue still keeps and the backup does not have is counted up when they start again.

  --discard-after-time TIME   for a return to an earlier time on purpose: ballots that came after TIME (2026-05-01T12:00:00Z) are not counted
`;

class WrongUsage extends Error {}

/** Runs an operator's command and returns its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runOperatorCommand(words: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parse(words);
    if (values.help) return say(process.stdout, USAGE, 0);
    const [command, file, ...more] = positionals;
    const needsFile = command === "restore";
    if ((command !== "accept-gap" && !needsFile) || more.length > 0 || (file === undefined) === needsFile) throw new WrongUsage(USAGE);
    if (values.confirm !== STACK)
      throw new WrongUsage(`this changes what is counted: confirm it with the stack's name, --confirm ${STACK}\n`);
    const discardAfterMs = timeOf(values["discard-after-time"]);
    if (file !== undefined) restore(file);
    if (file === undefined || discardAfterMs !== null) say(process.stdout, tell(await accept(discardAfterMs)), 0);
    return 0;
  } catch (error) {
    return say(process.stderr, `${(error as Error).message.trimEnd()}\n`, error instanceof WrongUsage ? 2 : 1);
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { confirm: { type: "string" }, "discard-after-time": { type: "string" }, help: { type: "boolean" } },
    });
  } catch (error) {
    throw new WrongUsage(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new WrongUsage(`--discard-after-time must be a time like 2026-05-01T12:00:00Z, found "${text}"\n`);
  return ms;
}

async function accept(discardAfterMs: number | null): Promise<Accepted> {
  const ignore = (): void => undefined;
  const reader = openReader(requireEnv("QUEUE_URL"), ignore);
  try {
    const client = await connectClient(requireEnv("DB_URL"), ignore);
    try {
      return await acceptGap(client, reader, { discardAfterMs });
    } finally {
      await endClient(client);
    }
  } finally {
    await reader.close();
  }
}

function tell({ missing, discarded }: Accepted): string {
  return `accepted: ${missing.toLocaleString("en")} ballots are missing, ${discarded.toLocaleString("en")} in the queue will not be counted\n`;
}

/** `pg_restore` in one transaction, so that whoever looks sees the old tables or the new ones, with their constraints and triggers. */
function restore(file: string): void {
  const words = [
    "--clean",
    "--if-exists",
    "--single-transaction",
    "--exit-on-error",
    "--no-owner",
    "--no-privileges",
    "--dbname",
    requireEnv("DB_URL"),
    file,
  ];
  const program = process.env.PG_RESTORE ?? "pg_restore";
  const { status, error, stderr } = spawnSync(program, words, { encoding: "utf8", stdio: ["ignore", "inherit", "pipe"] });
  if (error)
    throw new Error(
      `${program} cannot be run: ${error.message}; it comes with PostgreSQL's client programs (or set PG_RESTORE to its path)`,
    );
  if (status !== 0)
    throw new Error(`${program} failed, and the database is as it was:\n${stderr.trim().split("\n").slice(-10).join("\n")}`);
}

function say(stream: NodeJS.WriteStream, text: string, code: number): number {
  stream.write(text);
  return code;
}
