import { type Plan, type PlannedComponent, type PlannedHost, UserError } from "@groundplan/model";
import { lastLines, type ProgramRunner, renderCommandLine } from "@groundplan/programs";
import { json } from "../arguments/options.js";
import { UsageError } from "../arguments/usage-error.js";
import { command, flag, text } from "../command.js";
import { type Container, isReady, parseContainers } from "../docker/container.js";
import { wantedServices } from "../images/options.js";
import { renderTable } from "../output/tables.js";
import { type Programs, withAws } from "../programs/with-programs.js";
import { runPlaybook } from "./ansible.js";
import { AWS, type Deployment, hostNamed, LIMIT, needFiles, type Outputs, openDeployment, takeOutputs } from "./deployment.js";
import { needAll } from "./requirements.js";
import { ansibleInventory, explainSsh, hostLogs, inspectHost, sshShell } from "./ssh.js";
import { failedTool } from "./terraform-failures.js";

/** `groundplan aws status`: exit code 1 when something is not healthy. */
export const status = command({
  summary: "Show the state of every component; exit code 1 if one isn't healthy",
  arguments: [],
  options: { ...AWS, ...LIMIT, ...json("print [{component, host, state, health, since, image, address, ready}]") },
  examples: [{ line: "aws status", says: "how the stack is doing" }],
  async run(input) {
    const { options, terminal } = input;
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const { plan } = deployment.opened;
    const limit = hostNamed(options.limit, "--limit ", plan);
    needFiles(deployment);

    return withAws(input, {
      names: ["terraform", "ansible"],
      async run(aws) {
        const { runner, progress } = aws;
        const outputs = await openHosts(deployment, aws);
        const hosts = plan.hosts.filter(({ name }) => limit === null || name === limit);
        const answers = await lookAtHosts(runner, deployment.ansibleFolder, hosts);
        const rows = componentStatus(plan, outputs, answers);
        progress.close();
        terminal.out(options.json ? JSON.stringify(rows, null, 2) : renderComponentStatus(rows));
        for (const [host, answer] of answers) {
          if (!("failure" in answer)) continue;
          const { message, fix } = explainSsh(answer.failure, host, deployment.hint("status"));
          terminal.err(`${message}\n  fix: ${fix}`);
        }
        const wanting = rows.filter(({ ready, state }) => !ready && state !== "unknown").map(({ component }) => component);
        if (wanting.length > 0) terminal.err(`not healthy: ${wanting.join(", ")}; see ${deployment.hint(`logs --service ${wanting[0]}`)}`);
        return rows.every(({ ready }) => ready) ? 0 : 1;
      },
      stopped: "stopped",
    });
  },
});

/** Of one component: as many as fill some screens. */
const LINES = 200;

/** `groundplan aws logs`: the last lines of all containers, or those of one; they go to stdout. */
export const logs = command({
  summary: "Print the last lines of all components, or follow one",
  arguments: [],
  options: { ...AWS, ...LIMIT, service: text("NAME", "only of this component"), follow: flag("go on until Ctrl-C; needs --service") },
  examples: [
    { line: "aws logs --service worker --follow", says: "what one of them prints" },
    { line: "aws logs", says: "the last lines of all" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const { plan } = deployment.opened;
    const limit = hostNamed(options.limit, "--limit ", plan);
    const { follow } = options;
    const service = serviceOf(options.service, plan);
    if (follow && service === null) throw new UsageError("--follow needs the component to follow: --service NAME.");
    needFiles(deployment);
    const folder = deployment.ansibleFolder;
    const again = deployment.hint("logs");

    return withAws(input, {
      names: ["terraform", "ansible", ...plan.hosts.map(({ name }) => name)],
      async run(aws) {
        await openHosts(deployment, aws);
        if (service === null) {
          const playbook = { playbook: "playbooks/check-logs.yml", limit };
          await runPlaybook({ ...aws, folder, hint: deployment.hint, again }, playbook, ({ host, item, text }) =>
            terminal.out(`== ${item ?? "all"} on ${host}\n${text}`),
          );
          return 0;
        }
        aws.progress.close();
        const onLine = (text: string, stream: "stdout" | "stderr") => (stream === "stdout" ? terminal.out(text) : terminal.err(text));
        const { code, stderr } = await aws.runner.run(hostLogs(folder, service.host, service.name, { lines: LINES, follow }), { onLine });
        if (code === 0) return 0;
        // 255 is ssh's own.
        if (code === 255) throw new UserError(explainSsh(stderr, service.host, again));
        throw new UserError({
          message: `the logs of ${service.name} on ${service.host} can't be read (exit code ${code})`,
          fix: `see what runs there: ${deployment.hint("status")}`,
        });
      },
      // Nobody ends it otherwise: that is no failure.
      stopped: follow ? null : "stopped",
    });
  },
});

function serviceOf(wanted: string | null, plan: Plan): PlannedComponent | null {
  if (wanted === null) return null;
  const names = plan.components.map(({ name }) => name);
  wantedServices([wanted], plan.stack, names, "component");
  return plan.components.find(({ name }) => name === wanted) ?? null;
}

/** `groundplan aws connect`: a shell on a host, by way of the bastion; the command is shown. */
export const connect = command({
  summary: "Open a shell on a host, through the bastion",
  arguments: [{ name: "host", summary: "the host (default the bastion)", optional: true }],
  options: { ...AWS, ...json("print {host, folder, command} without running it") },
  examples: [{ line: "aws connect backend", says: "a shell on a private host" }],
  async run(input) {
    const { options, terminal } = input;
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const wanted = hostNamed(input.arguments[0] ?? null, "", deployment.opened.plan);
    needFiles(deployment);

    return withAws(input, {
      names: [],
      async run(aws) {
        const { runner, progress } = aws;
        const { bastion } = await openHosts(deployment, aws);
        const host = wanted ?? bastion;
        const shell = sshShell(deployment.ansibleFolder, host);
        if (options.json) {
          terminal.out(JSON.stringify({ host, folder: shell.cwd, command: renderCommandLine(shell) }, null, 2));
          return 0;
        }
        progress.close();
        const code = await runner.interact(shell);
        // 255 is ssh's own, and ssh has said why; any other is that of the last command in the shell.
        if (code !== 255) return 0;
        throw new UserError({
          message: `${host} can't be reached over SSH`,
          fix: `fix the error above, then: ${deployment.hint(`connect ${host}`)}`,
        });
      },
      stopped: null,
    });
  },
});

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
async function lookAtHost(runner: ProgramRunner, folder: string, host: string): Promise<HostAnswer> {
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
async function lookAtHosts(runner: ProgramRunner, folder: string, hosts: readonly PlannedHost[]): Promise<ReadonlyMap<string, HostAnswer>> {
  const first = hosts.filter(({ bastion }) => bastion);
  const rest = hosts.filter(({ bastion }) => !bastion);
  const answers = new Map<string, HostAnswer>();
  for (const group of [first, rest]) {
    await Promise.all(group.map(async ({ name }) => answers.set(name, await lookAtHost(runner, folder, name))));
  }
  return answers;
}

/** A row for each component, in start order. */
function componentStatus(
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

function renderComponentStatus(rows: readonly ComponentStatus[]): string {
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

/**
 * Makes the hosts of a deployment reachable: their present addresses in the inventory and in ssh_config.
 *
 * @throws UserError when nothing is deployed.
 */
export async function openHosts(deployment: Deployment, aws: Programs): Promise<Outputs> {
  const { place } = await needAll(deployment, { aws: false, hosts: true });
  const outputs = await takeOutputs(deployment, place, aws);
  const command = ansibleInventory(deployment.ansibleFolder);
  const result = await aws.runner.run(command, { quiet: true });
  if (result.code !== 0) throw failedTool(command, result, deployment.hint("status"));
  return outputs;
}
