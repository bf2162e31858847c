import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import {
  connectClient,
  endClient,
  migrate,
  openReader,
  type PartitionLook,
  type QueueReader,
  requireEnv,
  setPosition,
} from "@voting/ballots";
import type pg from "pg";
import { openCounted, type PartitionState } from "./opened-queue.js";
import { PARTITION_LOCK } from "./partition-claims.js";

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

interface AcceptOptions {
  /** Ballots that came into the queue after this are not counted; in ms since 1970, by the queue's clock. `null`: all are. */
  readonly discardAfterMs: number | null;
}

export interface Accepted {
  /** Ballots that are gone. */
  readonly missing: number;
  /** Ballots that are in the queue and will not be counted. */
  readonly discarded: number;
}

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

/**
 * Makes the worker go on although ballots are missing, and, for who restored to an earlier time on purpose, without those that came since.
 * Both are written down in the table `accepted_gaps`, where the audit finds them.
 *
 * @throws Error (rejects) with a sentence when a worker is counting.
 */
export async function acceptGap(client: pg.ClientBase, reader: QueueReader, { discardAfterMs }: AcceptOptions): Promise<Accepted> {
  await migrate(client);
  const { partitions } = await openCounted(client, reader, { evenIncomplete: true });
  let accepted: Accepted = { missing: 0, discarded: 0 };
  await client.query("BEGIN");
  try {
    for (const state of partitions) {
      await requireNobodyCounts(client, state.look);
      const { missing, discarded } = await acceptPartition(client, reader, state, discardAfterMs);
      accepted = { missing: accepted.missing + missing, discarded: accepted.discarded + discarded };
    }
    await client.query("COMMIT");
    return accepted;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function requireNobodyCounts(client: pg.ClientBase, { partition }: PartitionLook): Promise<void> {
  const { rows } = await client.query<{ free: boolean }>("SELECT pg_try_advisory_xact_lock($1, $2) AS free", [PARTITION_LOCK, partition]);
  if (!rows[0]?.free) throw new Error(`a worker is counting partition ${partition}: stop the workers first`);
}

async function acceptPartition(
  client: pg.ClientBase,
  reader: QueueReader,
  { look, stored, resumption }: PartitionState,
  discardAfterMs: number | null,
): Promise<Accepted> {
  const { partition, last, removed } = look;
  const { position, generation, missing } = resumption;
  const entries = resumption.entries === null ? null : Math.max(resumption.entries, removed);
  await setPosition(client, reader.kind, { partition, position, generation, entries }, stored);
  const [after, discarded] = discardAfterMs === null ? [last, 0] : await reader.since(partition, position, discardAfterMs);
  if (missing > 0 || discarded > 0) {
    await client.query(
      "INSERT INTO accepted_gaps (queue, partition, generation, missing, discarded, after, upto) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      [reader.kind, partition, generation, missing, discarded, after, last],
    );
  }
  return { missing, discarded };
}
