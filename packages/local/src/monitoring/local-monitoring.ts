import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Exporter, type Plan, type PlannedComponent, type ScrapeTarget, UserError } from "@groundplan/model";
import type { Launch } from "@groundplan/programs";
import { type GeneratedFile, type MonitoringReach, prometheusArguments, renderMonitoring, scrapedName } from "@groundplan/targets";
import { httpHealth } from "../health/http-health.js";
import type { Member } from "../local-stack.js";
import { Part, type PartContext } from "../parts/part.js";
import type { Program } from "../parts/program.js";
import type { Listener } from "../ports/choose-ports.js";
import { findProgram } from "../processes/find-program.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import { replaceFile } from "../replace-file.js";
import type { PartState } from "../running-stack.js";

interface MemberOptions {
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

interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Created if missing; the program works in it. */
  readonly folder: string;
  /** Written into the folder before each start. */
  readonly files: readonly GeneratedFile[];
  readonly port: number;
  /** Path that answers 2xx when it can do its work. */
  readonly health: string;
  /** It may have much to read first. */
  readonly mayStartSlowly: boolean;
}

/** Collectors that fail at every look on this machine, each with a line in the log, and tell nothing that a rule or panel asks for. */
const NOISY: Readonly<Record<Exporter, readonly string[]>> = {
  // A laptop or container has no systemd that it may speak to.
  node: ["systemd"],
  redis: [],
  // Older exporters ask for columns that PostgreSQL 17 has no more.
  postgres: ["bgwriter"],
};

const PROMETHEUS = "prometheus";

/** A part of the monitoring on this machine. */
interface MonitoringPart {
  /** "prometheus", "node-exporter", or that of a component and "-exporter". */
  readonly name: string;
  /** `null`: Prometheus itself. */
  readonly exporter: Exporter | null;
  /** The component that it tells of; `null`: none. */
  readonly of: string | null;
}

/** The programs of this machine that monitoring runs, by path. An exporter that is not installed is missing. */
interface MonitoringPrograms {
  readonly prometheus: string;
  readonly exporters: ReadonlyMap<Exporter, string>;
}

/** As Debian and Ubuntu name them, and as their authors do. */
const EXPORTERS: Readonly<Record<Exporter, readonly string[]>> = {
  node: ["prometheus-node-exporter", "node_exporter"],
  redis: ["prometheus-redis-exporter", "redis_exporter"],
  postgres: ["prometheus-postgres-exporter", "postgres_exporter"],
};

/** The package of Debian and Ubuntu that has an exporter. */
const exporterPackage = (exporter: Exporter): string => `prometheus-${exporter}-exporter`;

/** Prometheus and the exporters of this machine, beside a stack that runs on it. */
export class LocalMonitoring {
  readonly #plan: Plan;
  readonly #programs: MonitoringPrograms;
  readonly #runsHere: ReadonlySet<string>;
  readonly #parts: readonly MonitoringPart[];

  /**
   * @param plan As it runs here.
   * @param runsHere Names of the components that have a program of their own here.
   * @throws UserError when the stack has no monitoring, or the machine no Prometheus.
   */
  constructor(plan: Plan, runsHere: ReadonlySet<string>, onNote: (text: string) => void, searchPath = process.env.PATH) {
    if (plan.monitoring === null) {
      throw new UserError({
        message: `--monitoring: the stack "${plan.stack}" has no monitoring`,
        fix: "add s.monitoring({ on: <a public host> }) to the stack file, or leave out --monitoring",
      });
    }
    this.#plan = plan;
    this.#runsHere = runsHere;
    this.#programs = findMonitoringPrograms(searchPath);
    const all = monitoringParts(plan, runsHere);
    this.#parts = all.filter(({ exporter }) => exporter === null || this.#programs.exporters.has(exporter));
    for (const { name, exporter } of all) {
      if (exporter === null || this.#programs.exporters.has(exporter)) continue;
      onNote(`${name}: this machine has no ${exporter} exporter, so its metrics are missing (package ${exporterPackage(exporter)})`);
    }
  }

  /** What needs a port. Prometheus has a page for people. */
  listeners(): readonly Listener[] {
    return this.#parts.map(({ name }) => ({ name, port: 0, public: name === PROMETHEUS }));
  }

  members(options: Pick<MemberOptions, "ports" | "secrets" | "stateFolder" | "context">): readonly Member[] {
    const files = this.#files(options.ports);
    return makeMonitoringMembers({ ...options, files, plan: this.#plan, parts: this.#parts, programs: this.#programs });
  }

  #files(ports: Readonly<Record<string, number>>): readonly GeneratedFile[] {
    const reach: MonitoringReach = {
      addressOf: (scrape) => {
        const port = isScraped(scrape, this.#plan, this.#runsHere) ? ports[scrapedName(scrape)] : undefined;
        return port === undefined ? null : { kind: "static", address: `127.0.0.1:${port}` };
      },
      // Nobody is woken by a laptop: Prometheus and the control room show the alerts.
      alertmanager: null,
      receiver: { kind: "none" },
      prometheusUrl: `http://127.0.0.1:${ports[PROMETHEUS]}`,
      dashboardFolder: "",
      certificates: null,
    };
    return renderMonitoring(this.#plan, reach).filter(({ path }) => path.startsWith("prometheus/"));
  }
}

/** A part for Prometheus and for each exporter, none of them started. An exporter waits for what it tells of. */
function makeMonitoringMembers(options: MemberOptions): readonly Member[] {
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

/** A ready server of this machine that is healthy when it answers over HTTP. */
class ServerProgram implements Program {
  readonly stopSignal = "SIGTERM";
  readonly mayStartSlowly: boolean;
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.mayStartSlowly = options.mayStartSlowly;
    this.#options = options;
  }

  async prepare(): Promise<Launch> {
    const { program, args, env, folder, files } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      replaceFile(join(folder, path), text, { mode: 0o600, durable: false });
    }
    return { program, args, cwd: folder, env: { ...inheritedEnv(), ...env } };
  }

  check(signal: AbortSignal): Promise<string | null> {
    return httpHealth(this.#options.port, this.#options.health, signal);
  }
}

/** Options that switch these off, as far as this version of the exporter knows them: it would refuse others. */
function quietArguments(exporter: Exporter, program: string): readonly string[] {
  if (NOISY[exporter].length === 0) return [];
  const { stdout, stderr } = spawnSync(program, ["--help"], { encoding: "utf8", timeout: 5_000 });
  const known = `${stdout}${stderr}`;
  return NOISY[exporter]
    .filter((name) => new RegExp(`--(\\[no-\\])?collector\\.${name}\\s`).test(known))
    .map((name) => `--no-collector.${name}`);
}

/**
 * What runs beside the stack: Prometheus, one node exporter (all hosts are this machine), and an exporter for each database that
 * runs here. `runsHere`: names of the components that do.
 */
export function monitoringParts(plan: Plan, runsHere: ReadonlySet<string>): readonly MonitoringPart[] {
  const exporters = plan.scrapes.filter((scrape) => isScraped(scrape, plan, runsHere) && scrape.exporter !== null);
  return [
    ...exporters.map((scrape) => ({ name: scrapedName(scrape), exporter: scrape.exporter, of: scrape.component })),
    { name: PROMETHEUS, exporter: null, of: null },
  ];
}

/** Whether a scrape target exists on this machine: it is one host, and a stand-in is not what the target tells of. */
export function isScraped({ exporter, host, component }: ScrapeTarget, plan: Plan, runsHere: ReadonlySet<string>): boolean {
  if (exporter === "node") return host === plan.monitoring?.on;
  return component === null || runsHere.has(component);
}

/** @throws UserError when this machine has no Prometheus. */
function findMonitoringPrograms(searchPath: string | undefined = process.env.PATH): MonitoringPrograms {
  const prometheus = findProgram("prometheus", ".", searchPath);
  if (prometheus === null) {
    throw new UserError({
      message: "--monitoring needs Prometheus, and this machine has none (looked for prometheus in PATH)",
      fix: "install it (Debian and Ubuntu: apt-get install prometheus; macOS: brew install prometheus), or leave out --monitoring",
    });
  }
  const exporters = new Map<Exporter, string>();
  for (const [exporter, names] of Object.entries(EXPORTERS) as [Exporter, readonly string[]][]) {
    const found = names.map((name) => findProgram(name, ".", searchPath)).find((path) => path !== null);
    if (found !== undefined) exporters.set(exporter, found);
  }
  return { prometheus, exporters };
}
