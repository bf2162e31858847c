import type { Duplex } from "node:stream";
import pg from "pg";

/** A broken connection to a database far away shows within about this time, also when no packet says so. */
const KEEPALIVE_MS = 5_000;

/** Somebody waits for the answer to a short read. */
const READ_CONNECT_LIMIT_MS = 2_000;

/**
 * Nobody waits for a connection that is kept. A server that comes back from a crash on a busy machine, or is far away, needs some seconds
 * until it has let a client in; a client that gives up sooner begins anew each time, and never gets in.
 */
const KEPT_CONNECT_LIMIT_MS = 10_000;

/**
 * What the server is asked to hold to for a session, whatever its own settings are: a commit is durable before it is answered, and the locks
 * of a client that vanished are let go within 15 s, also where it vanished in the middle of an answer or of a query.
 */
const SESSION = [
  "synchronous_commit=on",
  "tcp_keepalives_idle=5",
  "tcp_keepalives_interval=2",
  "tcp_keepalives_count=3",
  "tcp_user_timeout=10000",
  "client_connection_check_interval=2000",
];

const optionsOf = (settings: readonly string[]): string => settings.map((setting) => `-c ${setting}`).join(" ");

/** A lock that somebody else holds for longer is an outage, which should show, and which a stop should not have to wait for. */
const LOCK_LIMIT_MS = 5_000;

/** For short reads from many callers. Errors of idle connections are told, and the pool makes new ones by itself. */
export function openPool(url: string, onError: (error: Error) => void): pg.Pool {
  const pool = new EndingPool({
    connectionString: url,
    max: 4,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    connectionTimeoutMillis: READ_CONNECT_LIMIT_MS,
    query_timeout: 5_000,
    options: optionsOf(SESSION),
  });
  pool.on("error", onError);
  return pool;
}

/**
 * Its end is the end: pg's own pool has then only begun to say goodbye, and what a server that stops meanwhile still says on those
 * connections comes as an error when nobody expects one any more.
 */
class EndingPool extends pg.Pool {
  readonly #open = new Set<pg.PoolClient>();

  constructor(config: pg.PoolConfig) {
    super(config);
    this.on("connect", (client) => {
      this.#open.add(client);
      client.once("end", () => this.#open.delete(client));
    });
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    const ended = super.end().then(() => this.#closed());
    if (callback === undefined) return ended;
    void ended.then(callback);
  }

  async #closed(): Promise<void> {
    await Promise.all([...this.#open].map((client) => untilEnd(client, () => new Promise((resolve) => client.once("end", resolve)))));
  }
}

/** One connection that is somebody's own: what it holds (locks, LISTEN) ends with it. */
export async function connectClient(url: string, onEnd: (reason: Error) => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    connectionTimeoutMillis: KEPT_CONNECT_LIMIT_MS,
    options: optionsOf([...SESSION, `lock_timeout=${LOCK_LIMIT_MS}`]),
  });
  client.on("error", onEnd);
  client.on("end", () => onEnd(new Error("PostgreSQL closed the connection")));
  await client.connect();
  return client;
}

/**
 * Our sessions ask for durable commits; a server that does not write to its disk cannot give them.
 *
 * @throws Error (rejects) with a sentence that says what to set.
 */
export async function requireDurablePostgres(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ fsync: string; pages: string; commit: string }>(
    "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages, current_setting('synchronous_commit') AS commit",
  );
  const { fsync, pages, commit } = rows[0] ?? {};
  if (fsync === "on" && pages === "on" && commit !== "off") return;
  const setting = fsync !== "on" ? "fsync" : pages !== "on" ? "full_page_writes" : "synchronous_commit";
  throw new Error(`PostgreSQL is not durable: set ${setting} = on in its configuration`);
}

/** How long a server may take over a goodbye. */
const GOODBYE_MS = 2_000;

/** Ends a connection, with or without the server's answer: on a link that went silent none would come for a quarter of an hour. */
export async function endClient(client: pg.Client): Promise<void> {
  // It may have ended already.
  await untilEnd(client, () => client.end().catch(() => undefined));
}

async function untilEnd(client: pg.ClientBase, end: () => Promise<unknown>): Promise<void> {
  const { stream } = (client as pg.ClientBase & { readonly connection: { readonly stream: Duplex } }).connection;
  const late = setTimeout(() => stream.destroy(), GOODBYE_MS);
  await end();
  clearTimeout(late);
}

/** The text form of an array of texts, as PostgreSQL reads it; faster than letting the driver walk the array for each type. */
export function textArray(values: readonly string[]): string {
  let text = "{";
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string;
    text += `${i === 0 ? "" : ","}"${NEEDS_ESCAPE.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
  }
  return `${text}}`;
}

const NEEDS_ESCAPE = /["\\]/;
