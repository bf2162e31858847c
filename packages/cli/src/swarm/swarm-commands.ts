import type { CommandLine } from "@groundplan/programs";

const docker = (...args: readonly string[]): CommandLine => ({ program: "docker", args });

export const STACK_FILE = "stack.yaml";

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
