import type { PartState } from "@groundplan/local";
import type { Plan } from "@groundplan/model";

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
