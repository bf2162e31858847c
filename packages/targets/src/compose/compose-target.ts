import { containerNotes } from "../containers/container-notes.js";
import { type ContainerPlan, containerPlanOf } from "../containers/container-plan.js";
import { MAIL_PASSWORD_FILE, mailNotes, mailPassword } from "../containers/mail-password.js";
import { monitoringFiles } from "../containers/monitoring-parts.js";
import { secretSettings } from "../containers/settings.js";
import type { SecretFile, Target } from "../target.js";
import { renderCompose } from "./render-compose.js";
import { renderComposeReadme } from "./render-compose-readme.js";

/** Docker's address pools hold about 30 networks, other projects' included. */
const MANY_NETWORKS = 25;

/** Containers on one machine, by `docker compose` or docker-compose. */
export const composeTarget: Target = {
  name: "compose",
  summary: "containers on one machine: compose.yaml for docker compose, .env with the secrets",
  render: (plan, place) => {
    const containers = containerPlanOf(plan);
    const settings = secretSettings(plan);
    return {
      files: [
        { path: "compose.yaml", text: renderCompose(containers, settings, place) },
        { path: ".gitignore", text: `# It holds the secrets.\n.env\n${mailPassword(plan) === null ? "" : `${MAIL_PASSWORD_FILE}\n`}` },
        { path: "README.md", text: renderComposeReadme(containers, settings, place) },
        ...monitoringFiles(containers.monitoring),
      ],
      secretFiles: [envFile(plan.stack, settings)],
      notes: [...containerNotes(containers, "compose.yaml"), ...networkNotes(containers), ...mailNotes(plan)],
    };
  },
  next: (folder) => `cd ${folder} && docker compose up --build --detach`,
};

function envFile(stack: string, settings: ReadonlyMap<string, string>): SecretFile {
  const lines = [...settings].flatMap(([secret, name]) => [text(`${name}=`), { kind: "secret", name: secret } as const, text("\n")]);
  return { path: ".env", form: "env", parts: [text(`COMPOSE_PROJECT_NAME=${stack}\n`), ...lines] };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;

function networkNotes({ networks }: ContainerPlan): readonly string[] {
  if (networks.length < MANY_NETWORKS) return [];
  const pools = '"default-address-pools": [{"base": "10.200.0.0/16", "size": 24}]';
  return [
    `compose.yaml has ${networks.length} networks, and Docker has addresses for about 30: if it says that none are left, ` +
      `write ${pools} into /etc/docker/daemon.json and restart Docker`,
  ];
}
