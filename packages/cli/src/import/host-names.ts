import type { ComposeService } from "./compose-service.js";
import { itemsOf, objectOf } from "./values.js";

/** Every name under which a service is found in Compose -> its name in the stack. */
export function hostNamesOf(services: readonly ComposeService[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, values } of services) {
    const aliases = Object.values(objectOf(values.networks)).flatMap((network) => itemsOf(objectOf(network).aliases));
    for (const other of [values.container_name, values.hostname, ...aliases]) if (typeof other === "string") names.set(other, name);
  }
  for (const { values } of services) {
    for (const link of itemsOf(values.links)) {
      const [key = "", alias] = String(link).split(":");
      const target = services.find((service) => service.key === key);
      if (alias !== undefined && target !== undefined) names.set(alias, target.name);
    }
  }
  // A service's own name wins over an alias of another.
  for (const { key, name } of services) names.set(key, name);
  return names;
}

/** A host in the value of a variable. */
export interface HostMention {
  readonly host: string;
  readonly port: number | null;
}

const ADDRESS_NAMES = /(HOST|SERVER|ADDR|ENDPOINT|URL|URI|BROKER|BACKEND|UPSTREAM|NODE)/i;

/** The hosts that a value names: in URLs, as host:port, or alone where the variable's name says that it holds a host. */
export function hostsIn(variable: string, text: string): readonly HostMention[] {
  const inUrls = [...text.matchAll(/[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([\w.-]+)(?::(\d+))?/gi)];
  if (inUrls.length > 0) return inUrls.map(mention);
  return text.split(",").flatMap((part) => {
    const found = /^\s*([\w.-]+)(?::(\d+))?(?:\/.*)?\s*$/.exec(part);
    if (found === null || (found[2] === undefined && !ADDRESS_NAMES.test(variable))) return [];
    return [mention(found)];
  });
}

/** The same value, with hosts under other names. */
export function withHosts(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[\w.-]+/g, (word, offset: number) => {
    const [before, after] = [text.slice(0, offset), text.slice(offset + word.length)];
    const isUser = /^[^@/]*@/.test(after);
    const isHost = !isUser && /(\/\/|@|,\s*|^)$/.test(before) && /^([:/?,]|$)/.test(after);
    return isHost ? (names.get(word) ?? word) : word;
  });
}

function mention([, host = "", port]: readonly (string | undefined)[]): HostMention {
  return { host, port: port === undefined ? null : Number(port) };
}
