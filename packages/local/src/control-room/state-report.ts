import type { PipelineLevel } from "@groundplan/model";
import type { PartState, RunningStack } from "../running-stack.js";
import { notesOf } from "./notes.js";

/** `GET /api/state`: all that the page shows but the log and the levels' numbers. */
export interface StateReport {
  readonly stack: string;
  readonly parts: readonly PartReport[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly alias: string }[];
  readonly levels: readonly PipelineLevel[];
  readonly notes: readonly string[];
}

export interface PartReport extends PartState {
  /** Its Prometheus text, `null`: it has none. */
  readonly metricsUrl: string | null;
}

export function stateReport(stack: RunningStack): StateReport {
  const states = stack.states();
  return {
    stack: stack.plan.stack,
    parts: states.map((state) => partReport(stack, state)),
    links: stack.plan.links.map(({ from, to, alias }) => ({ from, to, alias })),
    levels: stack.plan.pipeline?.levels ?? [],
    notes: notesOf(stack.plan, states),
  };
}

export function partReport(stack: RunningStack, state: PartState): PartReport {
  const path = stack.plan.components.find((component) => component.name === state.name)?.metrics ?? null;
  return { ...state, metricsUrl: path === null || state.port === null ? null : `http://127.0.0.1:${state.port}${path}` };
}
