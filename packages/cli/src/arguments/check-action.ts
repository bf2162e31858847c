import { nearest } from "@groundplan/model";
import type { Arguments } from "./arguments.js";
import { UsageError } from "./usage-error.js";

/**
 * The action that is asked for.
 *
 * @param actions Each with the options that not every action takes.
 * @throws UsageError when there is none of this name, or an option was given that is another action's.
 */
export function checkAction<Name extends string>(
  command: string,
  given: Arguments,
  actions: Readonly<Record<Name, readonly string[]>>,
): Name {
  const names = Object.keys(actions) as Name[];
  const word = given.positional(0);
  const action = names.find((name) => name === word);
  if (action === undefined) {
    const meant = nearest(word, names);
    const guess = meant === null ? "" : ` Did you mean "${meant}"?`;
    throw new UsageError(`groundplan ${command} has no action "${word}" (actions: ${names.join(", ")}).${guess}`);
  }
  for (const option of new Set(names.flatMap((name) => actions[name]))) {
    if (!given.flag(option) || actions[action].includes(option)) continue;
    const owners = names.filter((name) => actions[name].includes(option)).map((name) => `${command} ${name}`);
    throw new UsageError(`--${option} is not for ${command} ${action}, but for ${owners.join(", ")}.`);
  }
  return action;
}
