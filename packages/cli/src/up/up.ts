import {
  type ControlRoom,
  formatLogLine,
  type LogLine,
  type PartState,
  type RunningStack,
  runStack,
  startControlRoom,
} from "@groundplan/local";
import type { Plan } from "@groundplan/model";
import { data, json, partPorts, portNumber, STACK } from "../arguments/options.js";
import { unknownName } from "../arguments/usage-error.js";
import { command, flag, parsed } from "../command.js";
import { renderAddresses } from "../output/tables.js";
import { listenForStop } from "../programs/stop-signals.js";
import { openPlan } from "../stack-file/open-plan.js";
import { givenStateFolder } from "./state-folder.js";

const TOOL = "groundplan";

/** `groundplan up`: resolves when the stack was told to stop and has. */
export const up = command({
  summary: "Run the stack on this machine until Ctrl-C",
  arguments: [],
  options: {
    ...STACK,
    ...partPorts("the port that a part must have on this machine"),
    watch: flag("restart a service when its files change"),
    monitoring: flag("run Prometheus too, with the exporters that this machine has"),
    quiet: flag("hide what the services print"),
    controlRoomPort: parsed("PORT", "where the control room listens", portNumber, "8090"),
    noControlRoom: flag("run without the control room"),
    ...data("where data and secrets are kept"),
    ...json("print {stack, parts, controlRoom} once everything is healthy"),
  },
  examples: [
    { line: "up", says: "run the stack in stacks/voting, or else in this folder" },
    { line: "up --port vote=9000 --port result=9001", says: "on other ports" },
    { line: "up --watch", says: "while you work on the services" },
    { line: "up --monitoring", says: "with Prometheus: its alerts show in the control room" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const startedAt = Date.now();
    const ports = options.port;
    const roomPort = options.noControlRoom ? null : options.controlRoomPort;

    const opened = await openPlan(input);
    if (opened === null) return 1;
    const { plan, folder } = opened;
    // With monitoring there are more parts than the plan has: they are known once the stack starts, and checked then.
    if (!options.monitoring) requirePartNames(ports, plan);

    const format = { color: terminal.color, width: Math.max(TOOL.length, ...plan.components.map((component) => component.name.length)) };
    const print = (line: LogLine) => terminal.err(formatLogLine(line, format));
    const note = (text: string) => print({ time: Date.now(), from: TOOL, stream: "stdout", text });
    const narrate = narrator();

    const stop = listenForStop(() => note("stopping; press Ctrl-C again to end everything at once"));
    for (const line of waitingLines(plan)) note(line);
    try {
      const stack = await runStack({
        plan,
        stackFolder: folder,
        stateFolder: givenStateFolder(input, opened),
        ports,
        watch: options.watch,
        monitoring: options.monitoring,
        onNote: note,
        onLog(line) {
          // Its own notes are shown already.
          if (line.from !== TOOL && !options.quiet) print(line);
        },
        onState(state: PartState) {
          const line = narrate(state);
          if (line !== null) note(line);
        },
        signal: stop.signal,
      });
      try {
        const room = roomPort === null ? null : await openControlRoom(stack, roomPort, note);
        const summary = { stack: plan.stack, parts: stack.states(), controlRoom: room?.url ?? null, startedInMs: Date.now() - startedAt };
        terminal.out(options.json ? summaryJson(summary) : renderSummary(summary));
        await stop.received;
        await room?.close();
      } finally {
        await stack.shutDown();
      }
    } catch (error) {
      // Told to stop in the middle of the start, and stopped: that is what was asked for.
      if (error !== stop.signal.reason) throw error;
    } finally {
      stop.release();
    }
    note(`${plan.stack} has stopped`);
    return 0;
  },
});

const PORTS_TRIED = 100;

/** @throws UsageError when a port is given to what is no part of the stack. */
export function requirePartNames(ports: Readonly<Record<string, number>>, plan: Plan): void {
  const known = plan.components.filter((component) => component.port !== null).map((component) => component.name);
  for (const [name, port] of Object.entries(ports))
    if (!known.includes(name)) throw unknownName(`--port ${name}=${port}: the stack has no part "${name}" with a port`, name, known);
}

/** Starts the control room on the port that is wished for, or on the next free one, with a note. */
export async function openControlRoom(stack: RunningStack, wish: number, onNote: (text: string) => void): Promise<ControlRoom> {
  for (let port = wish; ; port++) {
    try {
      const room = await startControlRoom(stack, { port, host: "127.0.0.1" });
      if (port !== wish) onNote(`port ${wish} is taken (by another program): the control room listens on ${port} instead`);
      return room;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const mayBeFree = port < Math.min(wish + PORTS_TRIED, 65_535);
      if ((code !== "EADDRINUSE" && code !== "EACCES") || !mayBeFree) throw error;
    }
  }
}

/** Who waits for whom, a line each, in start order. */
export function waitingLines(plan: Plan): readonly string[] {
  return plan.components
    .filter((component) => component.after.length > 0)
    .map((component) => `${component.name} waits for ${component.after.join(", ")}`);
}

/** Tells changes of state in words. Returns the line for a change, `null` for one that needs none. */
export function narrator(): (state: PartState) => string | null {
  const last = new Map<string, PartState>();
  const startedAt = new Map<string, number>();

  return (state) => {
    const before = last.get(state.name);
    last.set(state.name, state);
    if (before?.status === state.status && before.reason === state.reason) return null;
    const reason = state.reason === null ? "" : ` (${state.reason})`;
    switch (state.status) {
      case "waiting":
      case "restarting":
        // Whoever restarts it has said so, with the pause that it takes.
        return null;
      case "starting":
        // The health check's reasons until it is healthy are no news.
        if (before?.status === "starting") return null;
        startedAt.set(state.name, state.since);
        return `${state.name} starts`;
      case "healthy": {
        const started = startedAt.get(state.name);
        startedAt.delete(state.name);
        return started === undefined ? `${state.name} is healthy again` : `${state.name} is healthy after ${state.since - started} ms`;
      }
      case "unhealthy":
        return `${state.name} is unhealthy${reason}`;
      case "stopped":
        return `${state.name} stopped${reason}`;
      default:
        return state.status satisfies never;
    }
  };
}

export interface Summary {
  readonly stack: string;
  readonly parts: readonly PartState[];
  /** `null`: there is none. */
  readonly controlRoom: string | null;
  readonly startedInMs: number;
}

/** What a person wants to know once everything runs. */
export function renderSummary({ stack, parts, controlRoom, startedInMs }: Summary): string {
  const pages = parts.flatMap((part) => (part.url === null ? [] : [[part.name, part.url] as const]));
  const rows = controlRoom === null ? pages : [...pages, ["control room", controlRoom] as const];
  return renderAddresses(`stack ${stack} runs, started in ${(startedInMs / 1_000).toFixed(1)} s`, rows, "Ctrl-C stops everything");
}

/** The same for programs. */
export function summaryJson({ stack, parts, controlRoom }: Summary): string {
  return JSON.stringify({
    stack,
    parts: parts.map(({ name, url, port, pid, standIn }) => ({ name, url, port, pid, standIn })),
    controlRoom,
  });
}
