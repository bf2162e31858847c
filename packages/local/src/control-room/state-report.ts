import type { PipelineLevel, Plan } from "@groundplan/model";
import type { PartState, RunningStack } from "../running-stack.js";

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

/** What is different on this machine from the stack as it is deployed, a sentence each. */
function notesOf(plan: Plan, states: readonly PartState[]): readonly string[] {
  const standIns = states.filter((state) => state.standIn !== null);
  return [
    ...standIns.map(
      (state) => `${state.name}: no server for it on this machine, so ${state.standIn} stands in. Its clients need no change.`,
    ),
    ...(plan.monitoring === null ? [] : [monitoringNote(plan.monitoring.on, states)]),
  ];
}

function monitoringNote(host: string, states: readonly PartState[]): string {
  return states.some(({ kind }) => kind === "monitoring")
    ? `Prometheus watches the stack on this machine; Grafana and its dashboards come up with groundplan compose up, and on host ${host}.`
    : `Prometheus and Grafana run on host ${host} once the stack is deployed; groundplan up --monitoring runs Prometheus here.`;
}
