import type { Plan } from "@groundplan/model";

/**
 * A stack that runs on this machine, as its watchers (the terminal, the control room, tests) see it.
 * Everything they may know or do goes through here.
 */
export interface RunningStack {
  readonly plan: Plan;
  /** The parts in start order. */
  states(): readonly PartState[];
  /** The newest lines, oldest first; at most 2,000 are kept. */
  logs(): readonly LogLine[];
  /** Called after every change of a part's state. Returns the way to stop listening. */
  onState(listener: (state: PartState) => void): () => void;
  onLog(listener: (line: LogLine) => void): () => void;
  /** Ends a part with SIGTERM and leaves it ended. Resolves when it has. */
  stop(name: string): Promise<void>;
  /** Ends a part with SIGKILL, as a crash would; it comes back by itself. */
  kill(name: string): Promise<void>;
  /** Ends a part if it runs, then starts it. Resolves when it is healthy. */
  restart(name: string): Promise<void>;
  /** Ends every part, the last started first. Safe to call twice. */
  shutDown(): Promise<void>;
}

export type PartStatus =
  /** Not started yet: something it uses is not healthy. */
  | "waiting"
  /** Started, not healthy yet. */
  | "starting"
  | "healthy"
  /** It runs, and its health check says no. */
  | "unhealthy"
  /** It died; it is started again after a pause. */
  | "restarting"
  /** Ended on purpose. */
  | "stopped";

export interface PartState {
  /** The component's name in the stack, or that of a part of the monitoring, for example "prometheus". */
  readonly name: string;
  readonly kind: "service" | "redis" | "postgres" | "monitoring";
  readonly status: PartStatus;
  /** Why it is not healthy: the health check's reason or the last exit. `null` when healthy. */
  readonly reason: string | null;
  readonly pid: number | null;
  /** Where it listens on 127.0.0.1; `null`: nowhere. */
  readonly port: number | null;
  /** Page to open in a browser: of public services only. */
  readonly url: string | null;
  /** How often it was started again after it died. */
  readonly restarts: number;
  /** When the status last changed, in ms since 1970. */
  readonly since: number;
  /** Set when something else serves its clients on this machine, for example "db" for a Redis that is not installed. */
  readonly standIn: string | null;
}

export interface LogLine {
  /** In ms since 1970. */
  readonly time: number;
  /** The part that printed it, or "groundplan". */
  readonly from: string;
  readonly stream: "stdout" | "stderr";
  /** Without the line's end. */
  readonly text: string;
}
