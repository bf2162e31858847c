import assert from "node:assert/strict";
import type { Plan } from "@groundplan/model";
import { planOf, type StackBuilder, stack } from "@groundplan/model";
import { parse } from "yaml";
import { type Rendered, TARGETS } from "../src/index.js";

export const PLACE = { stackFolder: "../.." };

const RENDERED = new WeakMap<Plan, Map<string, Rendered>>();

/** The same for the same plan: most tests look at one file of many. */
export function rendered(target: string, plan: Plan): Rendered {
  const found = TARGETS.find(({ name }) => name === target);
  assert.ok(found, target);
  const known = RENDERED.get(plan) ?? new Map<string, Rendered>();
  RENDERED.set(plan, known);
  const before = known.get(target);
  if (before !== undefined) return before;
  const all = found.render(plan, PLACE);
  known.set(target, all);
  return all;
}

export function textOf(target: string, plan: Plan, path: string): string {
  const file = rendered(target, plan).files.find((candidate) => candidate.path === path);
  assert.ok(file, path);
  return file.text;
}

/** What these tests read of a Compose file or a Swarm stack. */
export interface ParsedFile {
  readonly services: Readonly<Record<string, ParsedService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean; readonly driver_opts?: object } | null>>;
  readonly volumes?: Readonly<Record<string, null>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly configs?: Readonly<Record<string, { readonly file: string }>>;
}

export interface ParsedService {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly networks: readonly string[];
  readonly ports?: readonly unknown[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly volumes?: readonly unknown[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly interval: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: {
    readonly mode?: string;
    readonly replicas: number;
    readonly update_config: { readonly order: string; readonly failure_action: string };
    readonly placement?: { readonly constraints: readonly string[] };
    readonly endpoint_mode?: string;
  };
}

export function parsed(text: string, version: "1.1" | "1.2" = "1.2"): ParsedFile {
  return parse(text, { version, merge: true }) as ParsedFile;
}

export const composeOf = (plan: Plan): ParsedFile => parsed(textOf("compose", plan, "compose.yaml"));
export const swarmOf = (plan: Plan): ParsedFile => parsed(textOf("swarm", plan, "stack.yaml"));

export function serviceOf(file: ParsedFile, name: string): ParsedService {
  const service = file.services[name];
  assert.ok(service, name);
  return service;
}

/** A plan of one public host that runs all that is declared. */
export function planned(name: string, define: (s: StackBuilder) => void): Plan {
  return planOf(stack(name, define));
}

/** Each two services that could open a connection to each other, in the order of the file. */
export function neighbours(file: ParsedFile): readonly string[] {
  const entries = Object.entries(file.services);
  return entries.flatMap(([a, first], index) =>
    entries
      .slice(index + 1)
      .filter(([, second]) => second.networks.some((network) => first.networks.includes(network)))
      .map(([b]) => [a, b].sort().join(" ")),
  );
}
