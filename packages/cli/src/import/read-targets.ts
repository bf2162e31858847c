import type { Draft } from "./draft.js";
import type { Notes } from "./notes.js";
import { mentions } from "./read-links.js";
import { wayBetween } from "./start-order.js";
import { listOf, namesOf, objectOf } from "./values.js";

/** What each component uses: what it depends on, and what its variables name. The links make no cycle. */
export function readTargets(
  drafts: readonly Draft[],
  hostNames: ReadonlyMap<string, string>,
  notes: Notes,
): ReadonlyMap<string, ReadonlySet<string>> {
  const targets = new Map(drafts.map(({ service }) => [service.name, new Set<string>()]));
  const services = drafts.filter(({ kind }) => kind === "service");

  for (const draft of services) {
    const { service } = draft;
    const keys = [...namesOf(service.values.depends_on), ...listOf(service.values.links).map((link) => String(link).split(":")[0] ?? "")];
    for (const key of new Set(keys)) {
      const target = drafts.find((other) => other.service.key === key);
      const path = ["services", service.key, "depends_on"];
      const { condition } = objectOf(objectOf(service.values.depends_on)[key]);
      if (condition === "service_completed_successfully") {
        notes.add(
          [...path, key],
          service.name,
          `it does not wait for ${key} to end`,
          "a stack has no jobs that end: do that work in the service's own start",
        );
      }
      if (target === undefined) {
        notes.add(path, service.name, `there is no link to ${key}, which is left out`, "declare it, and write it into uses");
      } else if (target.port === null) {
        notes.add(
          path,
          service.name,
          `there is no link to ${key}, since the file says no port of it`,
          `write its port, then ${key} into uses`,
        );
      } else targets.get(service.name)?.add(target.service.name);
    }
  }

  for (const draft of services) {
    const own = targets.get(draft.service.name);
    for (const target of drafts) {
      const { name } = target.service;
      const entry = draft.service.env.find((variable) => mentions(variable.name, variable.text, target, hostNames));
      if (entry === undefined || target === draft || own === undefined || own.has(name)) continue;
      const path = ["services", draft.service.key, "environment", entry.name];
      if (wayBetween(targets, name, draft.service.name) !== null) {
        const what = `${entry.name} names ${name}, which uses ${draft.service.name} itself: there is no link`;
        notes.add(path, draft.service.name, what, "links make no cycle: let one of the two be called by the other only");
      } else if (target.port !== null) own.add(name);
    }
  }
  return targets;
}
