import type { ComposeService } from "./compose-service.js";
import { type Draft, draftOf, isPublic } from "./draft.js";
import { noteDifferences, noteTop, noteUnsupported } from "./general-notes.js";
import { hostNamesOf, hostsIn } from "./host-names.js";
import type { ImportedComponent, ImportedHost } from "./imported-stack.js";
import type { Notes } from "./notes.js";
import { placeOnHosts } from "./place-on-hosts.js";
import { postgresOptions, redisOptions } from "./read-database.js";
import { readLinks } from "./read-links.js";
import { readOwnEnv } from "./read-own-env.js";
import { serviceOptions } from "./read-service.js";
import { readSource, type Source } from "./read-source.js";
import { readTargets } from "./read-targets.js";
import { SecretNames } from "./secret-names.js";
import { ordered } from "./start-order.js";
import { objectOf, type Values } from "./values.js";

/** The components of a stack, users after what they use, and where they run. */
export function importServices(
  data: Values,
  all: readonly ComposeService[],
  place: string,
  notes: Notes,
): { readonly components: readonly ImportedComponent[]; readonly hosts: readonly ImportedHost[] } {
  const sources = new Map<string, Source>();
  for (const service of all) {
    const source = readSource(service, place, notes);
    if (source !== null) sources.set(service.name, source);
  }
  const services = all.filter(({ name }) => sources.has(name));
  const hostNames = hostNamesOf(services);
  const drafts = services.map((service) => draftOf(service, namedPorts(service, services, hostNames)));
  const targets = readTargets(drafts, hostNames, notes);
  const passwords = drafts.filter(({ kind }) => kind === "postgres").map(({ service }) => `${service.name}-password`);
  const secrets = new SecretNames(passwords);

  const importOne = (draft: Draft): ImportedComponent => {
    const { kind, service } = draft;
    const { name } = service;
    noteUnsupported(draft, notes);
    if (kind === "redis") return { kind, name, options: redisOptions(draft, notes) };
    if (kind === "postgres") return { kind, name, options: postgresOptions(draft, notes) };
    const linked = drafts.filter((other) => targets.get(name)?.has(other.service.name));
    const { uses, given } = readLinks(
      service.env.filter((entry) => entry.name !== "PORT"),
      linked,
      hostNames,
    );
    for (const entry of service.env.filter(({ name: variable, text }) => given.has(variable) && text.startsWith("postgresql://"))) {
      const path = ["services", service.key, "environment", entry.name];
      notes.add(path, name, `${entry.name} begins with postgres:// now`, "some libraries (SQLAlchemy) want postgresql://", entry.line);
    }
    const own = service.env.filter((entry) => !given.has(entry.name));
    const env = readOwnEnv(draft, own, { drafts, linked, hostNames, secrets, notes });
    const source = sources.get(name) ?? { image: "" };
    return { kind, name, options: serviceOptions(draft, { source, uses, env, networks: objectOf(data.networks), notes }) };
  };

  const imported = new Map(drafts.map((draft) => [draft.service.name, importOne(draft)]));
  const names = ordered([...imported.keys()], targets);
  const components = names.flatMap((name) => imported.get(name) ?? []);
  noteTop(data, notes);
  noteDifferences(drafts, components, notes);
  const placed = names.flatMap((name) => drafts.find(({ service }) => service.name === name) ?? []);
  const hosts = placeOnHosts(
    placed.map((draft) => ({ name: draft.service.name, port: draft.port, public: isPublic(draft) })),
    notes,
  );
  return { components, hosts };
}

/** The ports at which other services look for this one. */
function namedPorts(service: ComposeService, all: readonly ComposeService[], hostNames: ReadonlyMap<string, string>): readonly number[] {
  const mentions = all.filter((other) => other !== service).flatMap(({ env }) => env.flatMap(({ name, text }) => hostsIn(name, text)));
  return mentions.flatMap(({ host, port }) => (port !== null && hostNames.get(host) === service.name ? [port] : []));
}
