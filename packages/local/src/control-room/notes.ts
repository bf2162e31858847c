import type { Plan } from "@groundplan/model";
import type { PartState } from "../running-stack.js";

/** What is different on this machine from the stack as it is deployed, a sentence each. */
export function notesOf(plan: Plan, states: readonly PartState[]): readonly string[] {
  const standIns = states.filter((state) => state.standIn !== null);
  return [
    ...standIns.map(
      (state) => `${state.name}: no server for it on this machine, so ${state.standIn} stands in. Its clients need no change.`,
    ),
    ...(plan.monitoring === null
      ? []
      : [
          `Prometheus and Grafana run on host ${plan.monitoring.on} once the stack is deployed; on this machine this page takes their place.`,
        ]),
  ];
}
