import { atComponent } from "../at.js";
import type { ComponentDefinition, StackDefinition } from "../definition.js";
import { envPrefix } from "../env-name.js";
import type { Problem } from "../problem.js";
import { show, sortedListOf } from "../show.js";
import { componentsByName } from "./stack-index.js";
import { unknownName } from "./unknown-name.js";

/** Links that lead to nothing, to something without a port, or that are named so that no variable can be. */
export function linkProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  return stack.components.flatMap((component) => {
    if (component.kind !== "service") return [];
    const at = `${atComponent(component)}.uses`;
    const links = Object.entries(component.uses);
    return [
      ...aliasProblems(at, Object.keys(component.uses)),
      ...links.flatMap(([alias, target]) => targetProblems(`${at}.${alias}`, target, known)),
    ];
  });
}

function targetProblems(at: string, target: string, known: ReadonlyMap<string, ComponentDefinition>): readonly Problem[] {
  const component = known.get(target);
  if (component === undefined) return [unknownName(at, "LINK_TARGET_UNKNOWN", "component", target, known.keys())];
  if (component.port !== null) return [];
  const withPort = [...known.values()].filter(({ port }) => port !== null).map(({ name }) => name);
  return [
    {
      at,
      code: "LINK_TARGET_HAS_NO_PORT",
      message: `${show(target)} listens on no port`,
      found: show(target),
      allowed: `a component with a port: ${sortedListOf(withPort)}`,
      fix: `give ${show(target)} the port that it listens on, for example port: 8000, or remove this link`,
    },
  ];
}

function aliasProblems(at: string, aliases: readonly string[]): readonly Problem[] {
  const first = new Map<string, string>();
  return aliases.flatMap((alias) => {
    const prefix = envPrefix(alias);
    const common = { at: `${at}.${alias}`, code: "LINK_ALIAS_INVALID", found: show(alias) } as const;
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(alias)) {
      const message = `${show(alias)} cannot begin the name of a variable`;
      return { ...common, message, allowed: "letters, digits, _ and -, a letter first", fix: "choose another name for the link" };
    }
    const other = first.get(prefix);
    if (other === undefined) {
      first.set(prefix, alias);
      return [];
    }
    const message = `${show(alias)} and ${show(other)} both give ${prefix}_URL`;
    return { ...common, message, allowed: "names that give different variables", fix: "rename one of the two links" };
  });
}
