import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { monitoringContainers } from "@groundplan/targets";
import {
  type DockerEngine,
  type MissingEngine,
  missingProgram,
  type Outcome,
  openDockerEngine,
  runProgram,
  startHosts,
  type TestHosts,
  tryProgram,
} from "@groundplan/testing";
import { type Plan, planOf } from "groundplan/plan";
import voting from "../../stack.js";
import { makeAgentSource } from "./stand-in-agent.js";

const GROUNDPLAN = fileURLToPath(new URL("../../../../packages/cli/bin/groundplan.js", import.meta.url));
const STACK = fileURLToPath(new URL("../..", import.meta.url));
const IMAGES = ["node", "redis", "postgres", "prometheus", "alertmanager", "nodeExporter", "redisExporter", "postgresExporter"] as const;
/** Of Terraform, for the monitoring of the stack. Nobody is there to answer to them. */
const MONITORING_OUTPUTS = {
  alarm_topic_arn: { value: "arn:aws:sns:eu-central-1:000000000000:voting-alarms" },
  log_groups: { value: Object.fromEntries(["system", "containers", "metrics"].map((name) => [name, `/groundplan/voting/${name}`])) },
};
/** Of a whole deploy, on a busy machine. */
const PLAYBOOK_LIMIT_MS = 600_000;

/** The voting stack on hosts of this machine, brought there by the generated playbooks as an operator runs them. */
export class AwsHostsRun {
  readonly plan: Plan = planOf(voting);
  readonly hosts: TestHosts;
  /** The generated ansible/. */
  readonly folder: string;
  /** Of the images that are built. */
  readonly tag = `hosts-${process.pid}`;
  readonly #out: string;
  readonly #engine: DockerEngine;

  /** Nothing is deployed yet. */
  static async open(): Promise<AwsHostsRun | MissingEngine> {
    const missing = missingProgram("ansible-playbook", "ssh", "ssh-keygen");
    if (missing !== null) return { missing };
    const engine = await openDockerEngine(IMAGES);
    if ("missing" in engine) return engine;
    try {
      const hosts = await startHosts(planOf(voting), engine);
      if ("missing" in hosts) {
        await engine.close();
        return hosts;
      }
      // As systemd does: what is mounted later is seen by containers that were there before.
      for (const { name } of planOf(voting).hosts) await hosts.exec(name, "mount", "--make-rshared", "/");
      const run = new AwsHostsRun(engine, hosts);
      await run.#prepare();
      return run;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  private constructor(engine: DockerEngine, hosts: TestHosts) {
    this.#engine = engine;
    this.hosts = hosts;
    this.#out = mkdtempSync(join(tmpdir(), "groundplan-aws-"));
    this.folder = join(this.#out, "ansible");
  }

  /** Runs a playbook to its end, whatever its exit code. */
  playbook(name: string, ...args: readonly string[]): Promise<Outcome> {
    return this.playbookAs(this.hosts.keyFile, name, ...args);
  }

  /** The same with another private key. */
  playbookAs(keyFile: string, name: string, ...args: readonly string[]): Promise<Outcome> {
    const settings = ["--extra-vars", JSON.stringify({ image_tag: this.tag, pull_public_images: false, monitors_left_out: ["grafana"] })];
    const env = { ...this.#engine.env, ANSIBLE_PRIVATE_KEY_FILE: keyFile, ANSIBLE_NOCOLOR: "1" };
    return tryProgram("ansible-playbook", [name, ...settings, ...args], { cwd: this.folder, env, limitMs: PLAYBOOK_LIMIT_MS });
  }

  /** Ends the connection that is kept open to a host: the next one is opened, and asks for the key, anew. */
  async hangUp(host: string): Promise<void> {
    await runProgram("ssh", ["-F", join(this.folder, "ssh_config"), "-O", "exit", host]);
  }

  /** By SSH as an operator goes, by way of the bastion. */
  async ssh(host: string, command: string): Promise<Outcome> {
    return tryProgram("ssh", ["-F", join(this.folder, "ssh_config"), "-o", "BatchMode=yes", host, command]);
  }

  url(service: string): string {
    const urls = this.hosts.terraformOutput.public_urls?.value as Record<string, string> | undefined;
    return urls?.[service] ?? "";
  }

  /** Component -> id of its container, "" when it does not run. */
  async containers(): Promise<Readonly<Record<string, string>>> {
    const found = this.plan.components.map(async ({ name, host }) => {
      const { stdout } = await this.hosts.exec(host, "docker", "ps", "--no-trunc", "--quiet", "--filter", `name=^${name}$`);
      return [name, stdout.trim()] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }

  /** All containers that run on a host, as "<name> <id>", sorted. */
  async runningOn(host: string): Promise<readonly string[]> {
    const { stdout } = await this.hosts.exec(host, "docker", "ps", "--format", "{{.Names}} {{.ID}}");
    return stdout.split("\n").filter(Boolean).sort();
  }

  /** Brings the images of monitoring to the hosts, past SSH: they are large, and how images get there is shown by those of the services. */
  async bringMonitoringImages(): Promise<void> {
    const archive = join(this.#out, "monitoring.tar");
    const images = [...new Set(monitoringContainers(this.plan).map(({ image }) => image.reference))].filter(
      (image) => !image.startsWith("grafana/"),
    );
    await this.#engine.docker("save", "--output", archive, ...images);
    await Promise.all(this.plan.hosts.map(({ name }) => this.#send(archive, name, "sudo docker image load")));
    rmSync(archive);
  }

  /** A place on a host that the CloudWatch agent is downloaded from: settings for a playbook. */
  async bringAgentSource(host: string): Promise<Readonly<Record<string, string>>> {
    const work = mkdtempSync(join(this.#out, "agent-"));
    const { folder, fingerprint } = await makeAgentSource(work);
    const archive = join(work, "source.tar");
    await runProgram("tar", ["-C", folder, "-cf", archive, "."]);
    await this.#send(archive, host, "sudo sh -c 'mkdir -p /opt/agent-source && tar -x -C /opt/agent-source'");
    return { cloudwatch_agent_source: "file:///opt/agent-source", cloudwatch_agent_fingerprint: fingerprint };
  }

  async #send(file: string, host: string, command: string): Promise<void> {
    await runProgram("sh", ["-c", 'ssh -F "$1" "$2" "$3" < "$4"', "sh", join(this.folder, "ssh_config"), host, command, file]);
  }

  /** A new image of a service under another tag: it differs in a label only. */
  async otherImage(service: string, tag: string): Promise<void> {
    const context = join(this.#out, "context");
    await runProgram("mkdir", ["-p", context]);
    writeFileSync(join(context, "Dockerfile"), `FROM voting/${service}:${this.tag}\nLABEL version=${tag}\n`);
    await this.#engine.docker("build", "--quiet", "--tag", `voting/${service}:${tag}`, context);
  }

  async close(): Promise<void> {
    try {
      await this.hosts.close();
      const images = (
        await this.#engine.docker("images", "--filter", `reference=voting/*:${this.tag}*`, "--format", "{{.Repository}}:{{.Tag}}")
      )
        .split("\n")
        .filter(Boolean);
      if (images.length > 0) await this.#engine.docker("image", "rm", ...images);
    } finally {
      await this.#engine.close();
      rmSync(this.#out, { recursive: true, force: true });
    }
  }

  async #prepare(): Promise<void> {
    const options = { env: this.#engine.env };
    await runProgram(process.execPath, [GROUNDPLAN, "build", "--stack", STACK, "--tag", this.tag], options);
    await runProgram(process.execPath, [GROUNDPLAN, "synth", "aws", "--stack", STACK, "--out", this.#out], options);
    writeFileSync(join(this.folder, "terraform-output.json"), JSON.stringify({ ...this.hosts.terraformOutput, ...MONITORING_OUTPUTS }));
  }
}

/** What a play's recap says of all hosts together, for example { changed: 0, failed: 0, unreachable: 0 }. */
export function recapOf({ stdout }: Outcome): Readonly<Record<string, number>> {
  const recap: Record<string, number> = {};
  for (const [, name, count] of stdout.slice(stdout.lastIndexOf("PLAY RECAP")).matchAll(/(\w+)=(\d+)/g) as Iterable<
    [string, string, string]
  >) {
    recap[name] = (recap[name] ?? 0) + Number(count);
  }
  return recap;
}
