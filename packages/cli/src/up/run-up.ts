import type { LogLine, PartState } from "@groundplan/local";
import type { CommandInput, ExitCode } from "../command.js";
import { openPlan } from "../stack-file/open-plan.js";
import { narrator, waitingLines } from "./narrate.js";
import { openControlRoom } from "./open-control-room.js";
import { renderSummary, summaryJson } from "./render-summary.js";
import { givenStateFolder } from "./state-folder.js";
import { listenForStop } from "./stop-signals.js";
import { checkPartNames, controlRoomPort, partPorts } from "./up-options.js";

const TOOL = "groundplan";

/** `groundplan up`: resolves when the stack was told to stop and has. */
export async function runUp(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const startedAt = Date.now();
  const ports = partPorts(given);
  const roomPort = controlRoomPort(given);

  const [opened, { formatLogLine, runStack }] = await Promise.all([openPlan(input), import("@groundplan/local")]);
  if (opened === null) return 1;
  const { plan, folder } = opened;
  // With monitoring there are more parts than the plan has: they are known once the stack starts, and checked then.
  if (!given.flag("monitoring")) checkPartNames(ports, plan);

  const format = { color: terminal.color, width: Math.max(TOOL.length, ...plan.components.map((component) => component.name.length)) };
  const print = (line: LogLine) => terminal.err(formatLogLine(line, format));
  const note = (text: string) => print({ time: Date.now(), from: TOOL, stream: "stdout", text });
  const narrate = narrator();

  const stop = listenForStop(() => note("stopping; once more ends everything at once"));
  for (const line of waitingLines(plan)) note(line);
  try {
    const stack = await runStack({
      plan,
      stackFolder: folder,
      stateFolder: givenStateFolder(input, opened),
      ports,
      watch: given.flag("watch"),
      monitoring: given.flag("monitoring"),
      onNote: note,
      onLog(line) {
        // Its own notes are shown already.
        if (line.from !== TOOL && !given.flag("quiet")) print(line);
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
      terminal.out(given.flag("json") ? summaryJson(summary) : renderSummary(summary));
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
}
