import { atComponent } from "../at.js";
import { type StackDefinition, UNREADABLE } from "../definition.js";
import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import { show, sortedListOf } from "../show.js";
import { componentsByName } from "./stack-index.js";

/** Only PostgreSQL can stand in for Redis. */
export function standInProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const databases = stack.components.filter(({ kind }) => kind === "postgres").map(({ name }) => name);
  return stack.components.flatMap((component) => {
    if (component.kind !== "redis" || component.standIn === null || component.standIn === UNREADABLE) return [];
    const standIn = known.get(component.standIn);
    if (standIn?.kind === "postgres") return [];
    const near = nearest(component.standIn, databases) ?? databases[0];
    return {
      at: `${atComponent(component)}.standIn`,
      code: "STAND_IN_INVALID",
      message:
        standIn === undefined
          ? `${show(component.standIn)} is not a component of this stack`
          : `${show(component.standIn)} is a ${standIn.kind}, and only a postgres component can stand in for Redis`,
      found: show(component.standIn),
      allowed: `a postgres component: ${sortedListOf(databases)}`,
      fix: near === undefined ? "add a postgres component, or remove standIn" : `write ${show(near)}, or remove standIn`,
    };
  });
}
