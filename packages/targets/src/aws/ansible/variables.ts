import type { Plan } from "@groundplan/model";
import { DEFAULT_TAG } from "../../containers/image-name.js";
import { secretSettings } from "../../containers/settings.js";
import { renderYaml } from "../../yaml/render-yaml.js";
import { inline, map, mapEach, quoted, section, type YamlValue } from "../../yaml/yaml-value.js";
import { DATA_MOUNT } from "../data-volume.js";
import { type AnsibleComponent, ansibleComponents } from "./ansible-component.js";
import { triedConnections } from "./connections.js";

/** group_vars/all/settings.yml: what one may want to change, for all hosts. */
export function renderSettings(plan: Plan): string {
  const settings = [...secretSettings(plan).values()];
  return renderYaml(
    `Settings of the deployment of "${plan.stack}". What differs for once: ansible-playbook site.yml -e image_tag=v2\nMade by groundplan: lasting changes belong into a file of your own beside this one, which is read after it (zz-mine.yml).`,
    map({
      stack: plan.stack,
      image_tag: section("Version of the images that are built.", DEFAULT_TAG),
      image_registry: section(
        "Where the hosts pull them from, for example registry.example.com/team. Empty: they are copied from this machine over SSH.",
        quoted(""),
      ),
      pull_public_images: section(
        "Whether the hosts pull public images from the internet. false: they are copied from this machine too.",
        plan.aws.nat,
      ),
      apt_mirror: section(
        "Ubuntu packages over HTTPS: the hosts may open no connection to port 80.",
        quoted("https://mirrors.edge.kernel.org/ubuntu"),
      ),
      keep_images: section("How many versions of each image a host keeps, for playbooks/rollback.yml.", 3),
      reach_timeout_seconds: section("How long a machine may take to start, and a component to become healthy.", 300),
      health_timeout_seconds: 300,
      data_folder: section("Places on the hosts.", DATA_MOUNT),
      deploy_folder: "/var/lib/groundplan/{{ stack }}",
      secret_names: section("What secrets.env must hold, as lines NAME=value.", inline(settings)),
      // A stack without secrets has no such file.
      secrets: settings.length === 0 ? map({}) : quoted(SECRETS_FILE),
      image_prefix: section("What follows from the above.", quoted("{{ image_registry ~ '/' if image_registry else '' }}")),
      registry_components: quoted(
        "{{ components | dict2items | selectattr('value.built') | map(attribute='key') if image_registry else [] }}",
      ),
      copied_kinds: quoted("{{ ([] if image_registry else [true]) + ([] if pull_public_images | bool else [false]) }}"),
      copied_components: quoted("{{ components | dict2items | selectattr('value.built', 'in', copied_kinds) | map(attribute='key') }}"),
    }),
  );
}

const SECRETS_FILE =
  "{{ dict(lookup('ansible.builtin.file', inventory_dir ~ '/secrets.env').splitlines() | select('match', '^[A-Za-z_].*=') | map('split', '=', 1)) }}";

/** group_vars/all/components.yml: what runs where, and how. */
export function renderComponents(plan: Plan): string {
  return renderYaml(
    `What runs on which host of "${plan.stack}", in start order; the variables are in env/. Made by groundplan: change the stack file.`,
    map({
      components: section(
        "options: arguments of docker container run.",
        mapEach(ansibleComponents(plan), (one) => [one.name, componentValue(one)]),
      ),
    }),
  );
}

/** group_vars/all/connections.yml: what playbooks/test-connectivity.yml tries. */
export function renderConnections(plan: Plan): string {
  const visited = plan.components.filter(({ public: isPublic, health }) => isPublic && health.kind === "http");
  return renderYaml(
    "What playbooks/test-connectivity.yml tries, from the rules of the security groups. Made by groundplan: change the stack file.",
    map({
      connections: section(
        "as: the component whose container the connection leaves from; without it, the host itself. open: whether it must be possible.",
        triedConnections(plan).map(({ from, as, to, port, open, why }) =>
          inline(map({ from, as: as ?? undefined, to, port, open, why: quoted(why) })),
        ),
      ),
      public_services: section(
        "From the machine that Ansible runs on.",
        visited.map(({ name, health }) => inline(map({ service: name, path: quoted(health.kind === "http" ? health.ready : "") }))),
      ),
    }),
  );
}

export function componentValue({ host, image, repository, built, data, options, command }: AnsibleComponent): YamlValue {
  return map({
    host,
    image: quoted(image),
    repository: quoted(repository),
    built,
    data: data === null ? null : quoted(data),
    options: options.map(quoted),
    command: command.length === 0 ? inline([]) : command.map(quoted),
  });
}
