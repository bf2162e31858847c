import { UserError } from "@groundplan/model";
import type { CommandLine, ProgramRunner } from "@groundplan/programs";
import { STACK } from "../arguments/options.js";
import { text } from "../command.js";
import type { PublishedPort } from "../docker/container.js";
import { needEngine, runOrFail } from "../docker/engine.js";
import { explainFailure } from "../docker/failures.js";

/** The services of a stack, as they are now. `quiet`: as for the runner. */
export async function lookAtStack(runner: ProgramRunner, stack: string, quiet = true): Promise<readonly SwarmService[]> {
  const { stdout: list } = await runOrFail(runner, listServices(stack), stack, { quiet });
  const ids = serviceIds(list);
  if (ids.length === 0) return [];
  const { stdout: inspect } = await runner.run(inspectServices(ids), { quiet });
  const { stdout: tasks } = await runner.run(listTasks(stack), { quiet });
  return parseSwarm(stack, { list, inspect: inspect.startsWith("[") ? inspect : "", tasks });
}

/** @throws UserError when no engine answers, or it is not one that may be told what a swarm runs. */
export async function needManager(runner: ProgramRunner): Promise<void> {
  await needEngine(runner);
  const { stdout } = await runOrFail(runner, isManager(), "the swarm", { quiet: true });
  const problem = stdout.trim() === "true" ? null : explainFailure("This node is not a swarm manager", "the swarm");
  if (problem !== null) throw new UserError(problem);
}

/** A service of a swarm's stack, out of `docker service ls`, `docker service inspect` and `docker stack ps`. */
export interface SwarmService {
  /** Without the stack's name before it. */
  readonly service: string;
  /** Copies that run and are healthy. */
  readonly running: number;
  readonly wanted: number;
  /** The last update; `null`: there was none. */
  readonly update: SwarmUpdate | null;
  readonly ports: readonly PublishedPort[];
  /** Why copies ended, the latest first, each reason once. */
  readonly errors: readonly string[];
}

export interface SwarmUpdate {
  /** As the engine calls it: updating, completed, paused, rollback_started, rollback_completed, rollback_paused. */
  readonly state: string;
  readonly message: string;
  readonly startedAt: string;
}

interface Listed {
  readonly ID: string;
  readonly Name: string;
  readonly Replicas: string;
}

interface Inspected {
  readonly Spec: { readonly Name: string };
  readonly UpdateStatus?: { readonly State?: string; readonly Message?: string; readonly StartedAt?: string };
  readonly Endpoint?: { readonly Ports?: readonly { readonly TargetPort: number; readonly PublishedPort?: number }[] };
}

interface Task {
  /** Service and number of the copy: "voting_vote.1" */
  readonly Name: string;
  readonly Error: string;
}

export interface SwarmTexts {
  /** A line of JSON for each service. */
  readonly list: string;
  /** An array of JSON. */
  readonly inspect: string;
  /** A line of JSON for each copy. */
  readonly tasks: string;
}

/** Reads what the engine prints about the services of a stack: sorted by name. */
export function parseSwarm(stack: string, { list, inspect, tasks }: SwarmTexts): readonly SwarmService[] {
  const inspected: readonly Inspected[] = inspect === "" ? [] : JSON.parse(inspect);
  const copies = jsonLines<Task>(tasks);
  return jsonLines<Listed>(list)
    .map(({ Name, Replicas }): SwarmService => {
      // "2/2 (max 1 per node)"
      const [running = 0, wanted = 0] = Replicas.split("/").map((text) => Number.parseInt(text, 10));
      const found = inspected.find(({ Spec }) => Spec.Name === Name);
      const own = copies.filter((copy) => copy.Name.slice(0, copy.Name.lastIndexOf(".")) === Name);
      return {
        service: Name.slice(stack.length + 1),
        running,
        wanted,
        update: updateOf(found),
        ports: (found?.Endpoint?.Ports ?? []).flatMap(({ TargetPort, PublishedPort: published }) =>
          published === undefined ? [] : [{ port: TargetPort, address: `127.0.0.1:${published}` }],
        ),
        errors: [...new Set(own.map(({ Error: text }) => readableError(text)).filter((text) => text !== ""))],
      };
    })
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** Without the numbers of containers and devices, which make the same error look like another each time. */
function readableError(text: string): string {
  return text.replace(/^"|"$/g, "").replace(/\b(veth|gateway_)?[0-9a-f]{7,}\b/g, "...");
}

/** The numbers of the services in a list. */
export function serviceIds(list: string): readonly string[] {
  return jsonLines<Listed>(list).map(({ ID }) => ID);
}

function updateOf(found: Inspected | undefined): SwarmUpdate | null {
  const { State, Message = "", StartedAt = "" } = found?.UpdateStatus ?? {};
  return State === undefined || State === "" ? null : { state: State, message: Message, startedAt: StartedAt };
}

function jsonLines<T>(text: string): readonly T[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
}

/** All copies run and are healthy, and no update goes on. */
export function isDeployed({ running, wanted, update }: SwarmService): boolean {
  return running >= wanted && (update === null || !/^(updating|rollback_started)$/.test(update.state));
}

/** The engine has no such image, and will not have one by waiting. */
export function isWithoutImage({ running, wanted, errors }: SwarmService): boolean {
  return running < wanted && errors.some((text) => text.startsWith("No such image"));
}

/** The update has ended without the new version. */
export function hasFallenBack({ update }: SwarmService): boolean {
  return update !== null && /^(paused|rollback_paused|rollback_completed)$/.test(update.state);
}

/** In a few words. */
export function describeService({ running, wanted, update, errors }: SwarmService): string {
  const copies = `${running} of ${wanted} healthy`;
  if (update !== null && update.state !== "completed") return `${copies}, ${update.state.replace("_", " ")}`;
  return running < wanted && errors[0] !== undefined ? `${copies}, ${errors[0]}` : copies;
}

const docker = (...args: readonly string[]): CommandLine => ({ program: "docker", args });

/** Which stack, and where its files are. */
export const SWARM = {
  ...STACK,
  out: text("DIR", "where its files are (default out/swarm in the stack's folder)"),
};

const STACK_FILE = "stack.yaml";

/** "true" from an engine that may be told what a swarm runs. */
export const isManager = (): CommandLine => docker("info", "--format", "{{.Swarm.ControlAvailable}}");

/**
 * `env`: TAG, the published ports and what else the file takes from the environment. Images that were built here are in no registry
 * that could be asked for their digest.
 */
export const deployStack = (stack: string, env: Readonly<Record<string, string>>): CommandLine => ({
  ...docker("stack", "deploy", "--compose-file", STACK_FILE, "--resolve-image", "never", stack),
  env,
});

export const removeStack = (stack: string): CommandLine => docker("stack", "rm", stack);

export const listServices = (stack: string): CommandLine =>
  docker("service", "ls", "--filter", `label=${stackLabel(stack)}`, "--format", "{{json .}}");

export const inspectServices = (ids: readonly string[]): CommandLine => docker("service", "inspect", ...ids);

/** The copies of all services, those that ended included. */
export const listTasks = (stack: string): CommandLine => docker("stack", "ps", "--no-trunc", "--format", "{{json .}}", stack);

export const serviceLogs = (service: string, lines: number): CommandLine =>
  docker("service", "logs", "--raw", "--tail", String(lines), service);

export function stackLabel(stack: string): string {
  return `com.docker.stack.namespace=${stack}`;
}

export const listNetworks = (label: string): CommandLine => docker("network", "ls", "--filter", `label=${label}`, "--format", "{{.Name}}");

export const listServiceNames = (label: string): CommandLine =>
  docker("service", "ls", "--filter", `label=${label}`, "--format", "{{.Name}}");
