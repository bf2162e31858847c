import { envPrefix } from "@groundplan/model";
import { prefixedAlias } from "./aliases.js";
import type { EnvEntry } from "./compose-service.js";
import type { Draft } from "./draft.js";
import { hostsIn, withHosts } from "./host-names.js";
import { isSame, linkVariables } from "./link-variables.js";

export interface ReadLinks {
  /** Alias -> name of the component. */
  readonly uses: Readonly<Record<string, string>>;
  /** Names of the variables that the links give in place of the Compose file. */
  readonly given: ReadonlySet<string>;
}

/** What the variables of links end in; the model gives no others. */
const ENDINGS = /^(.+)_(?:URL|HOST|PORT|USER|PASSWORD|NAME)$/;

/**
 * The links of a service, each under an alias whose variables are those that the Compose file writes out, where there is one.
 *
 * @param targets What it uses, all with a port.
 */
export function readLinks(env: readonly EnvEntry[], targets: readonly Draft[], hostNames: ReadonlyMap<string, string>): ReadLinks {
  const uses: Record<string, string> = {};
  const given = new Set<string>();
  const taken = new Set<string>();

  const tryAlias = (alias: string, target: Draft, needsMatch: boolean): boolean => {
    if (taken.has(envPrefix(alias))) return false;
    const variables = linkVariables(alias, target);
    const clashes = env.filter(({ name }) => !given.has(name) && (variables.has(name) || variables.has(name.replace(/_FILE$/, ""))));
    const matching = clashes.filter(({ name, text }) => isSame(variables.get(name) ?? "", withHosts(text, hostNames)));
    if (matching.length < clashes.length) return false;
    if (needsMatch && !matching.some(({ name }) => /_(URL|HOST)$/.test(name))) return false;
    uses[alias] = target.service.name;
    taken.add(envPrefix(alias));
    for (const { name } of matching) given.add(name);
    return true;
  };

  for (const target of targets) {
    const prefixes = env
      .filter(({ name, text }) => ENDINGS.test(name) && mentions(name, text, target, hostNames))
      .map(({ name }) => ENDINGS.exec(name)?.[1] ?? "");
    const found = [...new Set(prefixes)].filter((prefix) => {
      const alias = prefixedAlias(prefix);
      return alias !== null && tryAlias(alias, target, true);
    });
    if (found.length > 0) continue;
    const plain = prefixedAlias(envPrefix(target.service.name)) ?? target.service.name;
    for (let count = 1; !tryAlias(count === 1 ? plain : `${plain}Link${count === 2 ? "" : count}`, target, false); ) count += 1;
  }
  return { uses, given };
}

/** Whether a variable names the component as a host. */
export function mentions(name: string, text: string, target: Draft, hostNames: ReadonlyMap<string, string>): boolean {
  return hostsIn(name, text).some(({ host }) => hostNames.get(host) === target.service.name);
}
