import type { Plan } from "@groundplan/model";
import { shell, table } from "../../markdown/markdown.js";
import { ansibleComponents } from "./ansible-component.js";
import { renderPlaybooks } from "./playbooks.js";

/** ansible/README.md: what an operator asks first. */
export function renderAnsibleReadme(plan: Plan): string {
  const deploys = renderPlaybooks(plan)
    .map(({ path }) => path)
    .filter((path) => path.startsWith("playbooks/deploy-"));
  const built = ansibleComponents(plan).filter(({ built }) => built);
  const sections = [
    `# The stack "${plan.stack}" on its hosts`,
    "Playbooks for the hosts that Terraform made. They need Ansible (core 2.14 or newer), OpenSSH and, to copy images, Docker on this machine;\nthe hosts need nothing but Ubuntu. Run everything in this folder.",
    "## First time",
    shell(
      "terraform -chdir=../terraform output -json > terraform-output.json   # again after each terraform apply",
      "export ANSIBLE_PRIVATE_KEY_FILE=~/.ssh/KEY                           # belongs to ssh_public_key; or use your SSH agent",
      "ansible-playbook site.yml",
    ),
    ...(built.length === 0
      ? []
      : [
          `The images ${built.map(({ repository }) => `\`${repository}\``).join(", ")} must be on this machine, built for the hosts' processor. They are copied over\nSSH, once for each new content. With a registry: push them there, and say \`-e image_registry=registry.example.com/team\`.`,
        ]),
    "## Playbooks",
    table(
      ["playbook", "what it does"],
      [
        ["`site.yml`", "all of it, in start order; ends with `test-connectivity`"],
        ["`playbooks/install-docker.yml`", "Docker from Ubuntu's package, over HTTPS"],
        ["`playbooks/deliver-images.yml`", "images to the hosts that lack them"],
        ...deploys.map((path) => [`\`${path}\``, "one component; ends when it is healthy"]),
        ...(plan.monitoring === null ? [] : MONITORING),
        ["`playbooks/test-connectivity.yml`", "tries every link, every port between hosts, every public service; prints a table"],
        ["`playbooks/check-logs.yml`", "last lines of each container; `-e lines=100 -e component=NAME`"],
        ["`playbooks/rollback.yml`", "the images that ran before the last deploy; `-e component=NAME` for one"],
        ["`playbooks/stop-all.yml`", "stops everything, keeps the data; `site.yml` starts it again"],
      ],
    ),
    "`--check` shows what would change and changes nothing; `--limit HOST` and `--tags COMPONENT` take a part. What failed is tried again by\nrunning the same again. A container is replaced only when its image, options or variables changed.",
    "## Settings",
    "`group_vars/all/settings.yml` has them all, each with its meaning. Secrets are in `secrets.env`, which git ignores; on the hosts they are in\n`/var/lib/groundplan`, readable by root only. The password of a database is set when its data folder is new; to change it later, change it\nin the database too.",
    "## By hand",
    shell(
      "ssh -F ssh_config HOST                                  # after any playbook; private hosts by way of the bastion",
      "ssh -F ssh_config HOST sudo docker ps",
      "ssh -F ssh_config HOST sudo docker logs --follow COMPONENT",
    ),
    "`ssh_config` is written from Terraform's outputs whenever Ansible runs. Host keys are kept in `known_hosts` here; nothing is written into\n`~/.ssh`.",
  ];
  return `${sections.join("\n\n")}\n`;
}

const MONITORING = [
  ["`playbooks/deploy-monitoring.yml`", "Prometheus, Alertmanager, Grafana, exporters; ends when every target is read"],
  ["`playbooks/setup-cloudwatch.yml`", "the CloudWatch agent: figures for the alarms, and logs"],
] as const;
