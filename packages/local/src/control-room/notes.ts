import type { Plan } from "@groundplan/model";
import type { PartState } from "../running-stack.js";

/** What is different on this machine from the stack as it is deployed, a sentence each. */
export function notesOf(plan: Plan, states: readonly PartState[]): readonly string[] {
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
