import type { EnvPart, Plan } from "@groundplan/model";
import { containerNotes } from "../containers/container-notes.js";
import { MAIL_PASSWORD_FILE, mailNotes, mailPassword } from "../containers/mail-password.js";
import { monitoringFiles } from "../containers/monitoring-parts.js";
import { portOf } from "../containers/port-of.js";
import type { SecretFile, SecretPart, Target } from "../target.js";
import { renderSwarm } from "./render-swarm.js";
import { renderSwarmReadme } from "./render-swarm-readme.js";
import { type SwarmPlan, swarmPlanOf } from "./swarm-plan.js";
import type { SwarmSecret } from "./swarm-secrets.js";

/** Containers on several machines, by `docker stack deploy`. */
export const swarmTarget: Target = {
  name: "swarm",
  summary: "containers on several machines: stack.yaml for docker stack deploy, a file for each secret",
  render: (plan, place) => {
    const swarm = swarmPlanOf(plan);
    return {
      files: [
        { path: "stack.yaml", text: renderSwarm(swarm, place) },
        { path: ".gitignore", text: `secrets/\n${mailPassword(plan) === null ? "" : `${MAIL_PASSWORD_FILE}\n`}` },
        { path: "README.md", text: renderSwarmReadme(swarm, place) },
        ...monitoringFiles(swarm.containers.monitoring),
      ],
      secretFiles: swarm.secrets.map((secret) => secretFile(secret, swarm)),
      notes: [
        ...containerNotes(swarm.containers, "stack.yaml"),
        ...(plan.monitoring === null ? [] : [OPEN_PAGES]),
        ...mailNotes(plan),
        ...(swarm.name === plan.stack
          ? []
          : [`Swarm's names have 63 letters at most: deploy this stack under a shorter one, ${swarm.name}`]),
      ],
    };
  },
  next: (folder) => `cd ${folder} && docker stack deploy --compose-file stack.yaml NAME`,
};

const OPEN_PAGES =
  "Swarm publishes Prometheus (9090) and Grafana (3000) on all addresses of every node, and they ask for no account: let nobody but you reach these ports";

function secretFile({ name, value }: SwarmSecret, { containers }: SwarmPlan): SecretFile {
  return { path: `secrets/${name}`, form: "value", parts: value.map((part) => secretPart(part, containers.plan)) };
}

function secretPart(part: EnvPart, plan: Plan): SecretPart {
  switch (part.kind) {
    case "text":
    case "secret":
      return part;
    case "host":
      return { kind: "text", text: part.of };
    case "port":
      return { kind: "text", text: String(portOf(plan, part.of)) };
    case "page":
      throw new Error(`the page of ${part.of} stands beside a secret, which it does in no variable of the model`);
  }
}
