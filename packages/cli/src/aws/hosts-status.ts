import type { Plan, PlannedHost } from "@groundplan/model";
import type { ProgramRunner } from "@groundplan/programs";
import { lastLines } from "@groundplan/programs";
import { type Container, isReady, parseContainers } from "../docker/container.js";
import { renderTable } from "../output/render-table.js";
import type { Outputs } from "./outputs.js";
import { inspectHost } from "./ssh-commands.js";

/** A component of the stack on its host. */
export interface ComponentStatus {
  readonly component: string;
  readonly host: string;
  /** As the host's engine calls it; "missing" without a container, "unknown" when the host does not answer. */
  readonly state: Container["status"] | "missing" | "unknown";
  /** `null`: nothing asks for it. */
  readonly health: Container["health"];
  /** When it was started last, an ISO time; `null`: never, or not known. */
  readonly since: string | null;
  readonly image: string | null;
  /** Where a browser opens it, or the others of the stack reach it; `null`: nowhere. */
  readonly address: string | null;
  readonly ready: boolean;
}

/** What a host said of its containers. */
export type HostAnswer = { readonly containers: readonly Container[] } | { readonly failure: string };

/** Asks a host for its containers. */
export async function lookAtHost(runner: ProgramRunner, folder: string, host: string): Promise<HostAnswer> {
  const { code, stdout, stderr } = await runner.run(inspectHost(folder, host));
  if (code !== 0) return { failure: lastLines(stderr, 3).join("\n") || `ssh ended with exit code ${code}` };
  // The name of a container is that of its component.
  return {
    containers: stdout.trim() === "" ? [] : parseContainers(stdout).map((container) => ({ ...container, service: container.name })),
  };
}

/**
 * Asks all hosts, the bastion first: the way to the others leads through it, and is open from then on.
 */
export async function lookAtHosts(
  runner: ProgramRunner,
  folder: string,
  hosts: readonly PlannedHost[],
): Promise<ReadonlyMap<string, HostAnswer>> {
  const first = hosts.filter(({ bastion }) => bastion);
  const rest = hosts.filter(({ bastion }) => !bastion);
  const answers = new Map<string, HostAnswer>();
  for (const group of [first, rest]) {
    await Promise.all(group.map(async ({ name }) => answers.set(name, await lookAtHost(runner, folder, name))));
  }
  return answers;
}

/** A row for each component, in start order. */
export function componentStatus(
  { components }: Plan,
  { hosts, publicUrls }: Outputs,
  answers: ReadonlyMap<string, HostAnswer>,
): readonly ComponentStatus[] {
  return components.flatMap(({ name, host, port }): readonly ComponentStatus[] => {
    const answer = answers.get(host);
    if (answer === undefined) return [];
    const within = port === null ? null : `${hosts[host]?.privateIp}:${port}`;
    const place = { component: name, host, address: publicUrls[name] ?? within };
    const container = "containers" in answer ? answer.containers.find((one) => one.service === name) : undefined;
    if (container === undefined) {
      return [{ ...place, state: "failure" in answer ? "unknown" : "missing", health: null, since: null, image: null, ready: false }];
    }
    const { status, health, startedAt, imageName } = container;
    return [{ ...place, state: status, health, since: startedAt, image: imageName, ready: isReady(container) }];
  });
}

export function renderComponentStatus(rows: readonly ComponentStatus[]): string {
  return renderTable(
    ["component", "host", "state", "health", "since", "image", "address"],
    rows.map(({ component, host, state, health, since, image, address }) => [
      component,
      host,
      state,
      health ?? "-",
      since === null ? "-" : `${since.slice(0, 19)}Z`,
      image ?? "-",
      address ?? "-",
    ]),
  );
}
