import { existsSync } from "node:fs";
import { type Plan, type PlannedComponent, renderEnv, suggestName, UserError, withStandIns } from "@groundplan/model";
import { recallRun } from "./processes/run-record.js";
import { ensureSecrets } from "./secrets.js";

/** What only this machine knows. */
export interface LocalNames {
  /** Component -> the port where it listens on 127.0.0.1. */
  readonly ports: Readonly<Record<string, number>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface RecallOptions {
  readonly plan: Plan;
  /** Where the run of the stack keeps its data. */
  readonly stateFolder: string;
  /** Name of the service whose variables are wanted. */
  readonly service: string;
}

/**
 * The variables that a service gets on this machine.
 *
 * @throws Error when a port or a secret that it asks for is not there.
 */
export function envOf(component: PlannedComponent, { ports, secrets }: LocalNames): Readonly<Record<string, string>> {
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`${component.name} asks for ${what}, which doesn't exist`);
    return value;
  };
  const env = renderEnv(component.env, {
    host: () => "127.0.0.1",
    port: (of) => found(ports[of], `the port of ${of}`),
    secret: (name) => found(secrets[name], `the secret ${name}`),
    page: (of) => `http://127.0.0.1:${found(ports[of], `the page of ${of}`)}`,
  });
  // HOST: most servers listen on all addresses unless told otherwise; nothing here is for the rest of the network.
  return { HOST: "127.0.0.1", ...env };
}

/**
 * The variables of a service of a stack that another process runs on this machine now: with them a script, a debugger or psql
 * reaches what the service reaches.
 *
 * @throws UserError when there is no such service, or the stack does not run.
 */
export function recallEnv({ plan, stateFolder, service }: RecallOptions): Readonly<Record<string, string>> {
  serviceOf(plan, service);
  const ports = recallRun(stateFolder)?.ports;
  if (ports === undefined) {
    const past = existsSync(stateFolder) ? "does not run on this machine now" : "was never started on this machine";
    throw new UserError({ message: `the stack "${plan.stack}" ${past} (looked in ${stateFolder})`, fix: "start it: groundplan up" });
  }
  // A part without a port of its own has one that stands in for it.
  const standIns = plan.components.filter(({ name, source }) => source.kind === "redis" && source.standIn !== null && !(name in ports));
  const asItRuns = withStandIns(
    plan,
    standIns.map(({ name }) => name),
  );
  try {
    return envOf(serviceOf(asItRuns, service), { ports, secrets: ensureSecrets(stateFolder, []) });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({
      message: `the stack "${plan.stack}" runs from an older stack file: ${(error as Error).message}`,
      fix: "stop it and start it again",
    });
  }
}

function serviceOf(plan: Plan, name: string): PlannedComponent {
  const services = plan.components.filter((component) => component.kind === "service");
  const service = services.find((component) => component.name === name);
  if (service !== undefined) return service;
  const names = services.map((component) => component.name);
  throw new UserError({
    message: `"${name}" isn't a service of this stack (services: ${names.join(", ")})`,
    fix: suggestName(name, names),
  });
}
