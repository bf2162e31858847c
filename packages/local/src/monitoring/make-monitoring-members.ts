import { join } from "node:path";
import type { Plan, PlannedComponent } from "@groundplan/model";
import { type GeneratedFile, prometheusArguments } from "@groundplan/targets";
import type { Member } from "../local-stack.js";
import { Part, type PartContext } from "../parts/part.js";
import type { PartState } from "../running-stack.js";
import type { MonitoringPart } from "./monitoring-parts.js";
import type { MonitoringPrograms } from "./monitoring-programs.js";
import { quietArguments } from "./quiet-arguments.js";
import { type ServerOptions, ServerProgram } from "./server-program.js";

export interface MemberOptions {
  readonly plan: Plan;
  readonly parts: readonly MonitoringPart[];
  readonly programs: MonitoringPrograms;
  /** By part and component. */
  readonly ports: Readonly<Record<string, number>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly stateFolder: string;
  /** Prometheus' configuration, relative to its folder. */
  readonly files: readonly GeneratedFile[];
  readonly context: PartContext;
}

/** A part for Prometheus and for each exporter, none of them started. An exporter waits for what it tells of. */
export function makeMonitoringMembers(options: MemberOptions): readonly Member[] {
  return options.parts.map((part): Member => {
    const port = portOf(part.name, options);
    const state: PartState = {
      name: part.name,
      kind: "monitoring",
      status: "waiting",
      reason: null,
      pid: null,
      port,
      url: part.exporter === null ? `http://127.0.0.1:${port}` : null,
      restarts: 0,
      since: Date.now(),
      standIn: null,
    };
    const program = new ServerProgram(serverOf(part, port, options));
    return { name: part.name, after: part.of === null ? [] : [part.of], part: new Part(program, state, options.context) };
  });
}

function serverOf(part: MonitoringPart, port: number, options: MemberOptions): ServerOptions {
  const folder = join(options.stateFolder, "monitoring", part.name);
  const address = `127.0.0.1:${port}`;
  if (part.exporter === null) {
    const args = prometheusArguments({ configFile: "prometheus/prometheus.yml", dataFolder: "data", listen: address });
    return {
      program: options.programs.prometheus,
      args,
      env: {},
      folder,
      files: options.files,
      port,
      health: "/-/ready",
      mayStartSlowly: true,
    };
  }
  const program = options.programs.exporters.get(part.exporter);
  if (program === undefined) throw new Error(`${part.name} has no program`);
  const env = exporterEnv(part, options);
  const args = [`--web.listen-address=${address}`, ...quietArguments(part.exporter, program)];
  return { program, args, env, folder, files: [], port, health: "/metrics", mayStartSlowly: false };
}

/** Where an exporter finds what it tells of. */
function exporterEnv({ exporter, of }: MonitoringPart, options: MemberOptions): Readonly<Record<string, string>> {
  const component = options.plan.components.find(({ name }) => name === of);
  if (component === undefined) return {};
  if (exporter === "redis") return { REDIS_ADDR: `redis://127.0.0.1:${portOf(component.name, options)}` };
  return { DATA_SOURCE_NAME: databaseUrl(component, options) };
}

function databaseUrl(component: PlannedComponent, options: MemberOptions): string {
  if (component.source.kind !== "postgres") throw new Error("a postgres exporter tells of a PostgreSQL component");
  const { user, database, passwordSecret } = component.source;
  const password = encodeURIComponent(options.secrets[passwordSecret] ?? "");
  return `postgresql://${user}:${password}@127.0.0.1:${portOf(component.name, options)}/${database}?sslmode=disable`;
}

function portOf(name: string, { ports }: MemberOptions): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`${name} has no port`);
  return port;
}
