import { Redis } from "ioredis";
import pg from "pg";

/** A client of PostgreSQL or Redis that was made in this process. */
interface Watched {
  readonly port: number;
  /** Where in the code it was opened. */
  readonly place: string;
  /** It has a connection, or goes on trying to get one. */
  isOpen(): boolean;
  /** It has been told to close. */
  isClosing(): boolean;
}

const watched = new Set<Watched>();
/** How the stack runner calls itself at PostgreSQL, for its health checks. They end with the stack. */
export const RUNNERS_OWN = "groundplan";
const STACK_LINES = 30;

watchPostgres();
watchRedis();

/**
 * Throws when clients of this process still have a connection to one of these ports, and says where each was opened. A server that
 * stops tells such a client so, when no test listens any more: its test file then fails by chance, with all its tests passed.
 */
export function requireClosedClients(ports: readonly number[]): void {
  const left = openClients(ports);
  if (left.length > 0) throw new Error(["clients are open while their server is about to stop:", ...left].join("\n  "));
}

/** Clients of this process that have a connection to one of these ports, a line for each: where it was opened, and whether it is closing. */
export function openClients(ports: readonly number[]): readonly string[] {
  return [...watched]
    .filter((client) => ports.includes(client.port) && client.isOpen())
    .map(
      ({ port, place, isClosing }) =>
        `to port ${port}, ${isClosing() ? "told to close, but nobody waited until it was" : "never closed"}: ${place}`,
    );
}

/** A pool's clients come by here too. */
function watchPostgres(): void {
  const { connect } = pg.Client.prototype;
  pg.Client.prototype.connect = function (this: pg.Client, ...args: unknown[]) {
    const { connection, connectionParameters, port } = this as pg.Client & {
      readonly connectionParameters: { readonly application_name?: string };
    };
    if (connectionParameters.application_name !== RUNNERS_OWN) {
      const client: Watched = {
        port,
        place: placeOfCaller(),
        isOpen: () => !connection.stream.destroyed,
        isClosing: () => (this as pg.Client & { readonly _ending?: boolean })._ending === true,
      };
      watched.add(client);
      this.once("end", () => watched.delete(client));
    }
    return Reflect.apply(connect, this, args);
  } as typeof connect;
}

function watchRedis(): void {
  const { connect } = Redis.prototype;
  const known = new WeakSet<Redis>();
  Redis.prototype.connect = function (this: Redis, ...args: unknown[]) {
    // It comes by again each time that it has lost its connection.
    if (!known.has(this)) {
      known.add(this);
      const state = this as unknown as { readonly manuallyClosing?: boolean; readonly stream?: { readonly destroyed: boolean } };
      const client: Watched = {
        port: this.options.port ?? 0,
        place: placeOfCaller(),
        isOpen: () => this.status !== "end" && !(state.manuallyClosing === true && state.stream?.destroyed === true),
        isClosing: () => state.manuallyClosing === true,
      };
      watched.add(client);
      this.once("end", () => watched.delete(client));
    }
    return Reflect.apply(connect, this, args);
  } as typeof connect;
}

/** The first line of the stack that is no library's and not of this file. */
function placeOfCaller(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_LINES;
  const lines = (new Error().stack ?? "").split("\n").slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  const own = lines.find((line) => !/node_modules|node:|open-clients\.[jt]s/.test(line));
  return (own ?? "from a library").trim();
}
