import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "@groundplan/model";
import { ansibleComponent, envTemplate } from "../src/aws/ansible/docker-run.js";
import { hostsPlanOf } from "../src/aws/hosts-plan.js";
import { renderCompose } from "../src/compose/compose-target.js";
import { type Container, PLAIN } from "../src/containers/container.js";
import { containerPlanOf } from "../src/containers/container-plan.js";
import { swarmPlanOf } from "../src/swarm/swarm-plan.js";
import { renderSwarm } from "../src/swarm/swarm-target.js";
import { PLACE, parsed, planned, serviceOf } from "./rendered.js";

const plan = planned("shop", (s) => {
  const web = s.service("web", { image: build("./web"), port: 80, public: true });
  return [web];
});

/** A container that has something of everything that a container can have, and a name that no printer knows. */
const EVERYTHING: Container = {
  ...PLAIN,
  name: "odd",
  role: "proxy",
  host: "main",
  about: "It is here for the test.",
  image: { kind: "ready", reference: "odd:1" },
  command: ["--price=$5"],
  env: { NAME: [{ kind: "text", text: "a $ and {{ braces }}" }] },
  port: 8443,
  ports: [{ inside: 443, outside: 8443, for: "users" }],
  opens: [{ name: "web", host: "main" }],
  after: ["web"],
  volumes: [
    { kind: "data", source: "odd-data", target: "/data", readOnly: false, outlivesMachine: false },
    { kind: "host", source: "/etc/odd", target: "/odd", readOnly: true, outlivesMachine: true },
    { kind: "files", source: "odd", target: "/files", readOnly: true, outlivesMachine: false },
  ],
  files: [{ path: "odd/a.yml", text: "a: 1\n", target: "/files/a.yml" }],
  userFiles: [{ path: "odd/key", target: "/key" }],
  writable: ["/tmp", "/config"],
  health: { test: ["CMD", "ask", "me"], intervalSeconds: 7, timeoutSeconds: 6, retries: 9, startPeriodSeconds: 120 },
  check: { kind: "process" },
  memoryMb: 111,
  sharedMemoryMb: 64,
  stopSeconds: 33,
  capabilities: ["NET_BIND_SERVICE"],
  init: true,
  labels: { "odd.mark": [{ kind: "text", text: "x$" }] },
};

test("Compose prints all of a container", () => {
  const containers = containerPlanOf(plan);
  const text = renderCompose({ ...containers, components: [...containers.components, EVERYTHING] }, PLACE);
  assert.match(text, /# It is here for the test\.\n {2}odd:/);
  const { networks: _, healthcheck, labels, ...odd } = serviceOf(parsed(text), "odd") as unknown as Record<string, unknown>;
  assert.deepEqual(labels && Object.keys(labels), ["odd.mark", "groundplan.files"]);
  assert.deepEqual(healthcheck, { test: ["CMD", "ask", "me"], interval: "7s", timeout: "6s", retries: 9, start_period: "2m" });
  assert.deepEqual(odd, {
    image: "odd:1",
    command: ["--price=$$5"],
    restart: "unless-stopped",
    init: true,
    // web has a Dockerfile, which tells of its health.
    depends_on: { web: { condition: "service_healthy" } },
    environment: { NAME: "a $$ and {{ braces }}" },
    volumes: [
      "./odd/a.yml:/files/a.yml:ro",
      { type: "bind", source: "./odd/key", target: "/key", read_only: true },
      "odd-data:/data",
      "/etc/odd:/odd:ro",
    ],
    read_only: true,
    tmpfs: ["/tmp", "/config"],
    cap_drop: ["ALL"],
    cap_add: ["NET_BIND_SERVICE"],
    security_opt: ["no-new-privileges:true"],
    ports: [`\${BIND_ADDRESS:-127.0.0.1}:\${ODD_PORT:-8443}:443`],
    mem_limit: "111m",
    shm_size: "64m",
    pids_limit: 512,
    stop_grace_period: "33s",
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
  });
});

test("Swarm prints all of a container that it can have", () => {
  const swarm = swarmPlanOf(plan);
  const config = { name: "odd-a-mark", container: "odd", path: "odd/a.yml", target: "/files/a.yml" };
  const file = parsed(renderSwarm({ ...swarm, all: [...swarm.all, EVERYTHING], configs: [config] }, PLACE));
  assert.deepEqual(file.secrets, { "odd-key": { file: "./odd/key" } });
  const { networks: _, healthcheck, logging, deploy, ...odd } = serviceOf(file, "odd") as unknown as Record<string, unknown>;
  assert.ok(healthcheck && logging);
  assert.deepEqual(odd, {
    image: "odd:1",
    command: ["--price=$$5"],
    init: true,
    environment: { NAME: "a $$ and {{ braces }}" },
    secrets: [{ source: "odd-key", target: "/key" }],
    configs: [{ source: "odd-a-mark", target: "/files/a.yml" }],
    volumes: [
      "odd-data:/data",
      "/etc/odd:/odd:ro",
      { type: "tmpfs", target: "/dev/shm", tmpfs: { size: 64 * 1024 * 1024 } },
      { type: "tmpfs", target: "/tmp" },
      { type: "tmpfs", target: "/config" },
    ],
    read_only: true,
    cap_drop: ["ALL"],
    cap_add: ["NET_BIND_SERVICE"],
    ports: [`\${ODD_PORT:-8443}:443`],
    stop_grace_period: "33s",
  });
  const { placement, resources, labels } = deploy as Record<string, unknown>;
  assert.deepEqual([resources, labels], [{ limits: { memory: "111M" } }, { "odd.mark": "x$$" }]);
  assert.deepEqual(placement, { constraints: [`\${ODD_NODE:-node.role == manager}`] });
});

test("docker run prints all of a container", () => {
  const hosts = hostsPlanOf(plan);
  const { options, command, data } = ansibleComponent(EVERYTHING, hosts);
  assert.deepEqual([command, data], [["--price=$5"], null]);
  assert.equal(envTemplate(EVERYTHING, hosts), "NAME=a $ and {{ '{{' }} braces }}\n");
  assert.deepEqual(options, [
    "--name=odd",
    "--hostname=odd",
    "--restart=unless-stopped",
    "--init",
    "--network=odd",
    "--publish={{ hostvars['main'].private_ip }}:8443:443",
    "--add-host=web:{{ hostvars['main'].private_ip }}",
    "--mount=type=volume,source=odd-data,target=/data",
    "--mount=type=bind,source=/etc/odd,target=/odd,bind-propagation=rslave,readonly",
    "--mount=type=bind,source={{ deploy_folder }}/monitoring/odd,target=/files,readonly",
    "--label=groundplan.files={{ monitor_sums['odd'] }}",
    "--label=odd.mark=x$",
    "--read-only",
    "--tmpfs=/tmp",
    "--tmpfs=/config",
    "--cap-drop=ALL",
    "--cap-add=NET_BIND_SERVICE",
    "--security-opt=no-new-privileges:true",
    "--memory=111m",
    "--shm-size=64m",
    "--pids-limit=512",
    "--stop-timeout=33",
    "--health-cmd=ask me",
    "--health-interval=7s",
    "--health-timeout=6s",
    "--health-retries=9",
    "--health-start-period=120s",
    "--log-driver=json-file",
    "--log-opt=max-size=10m",
    "--log-opt=max-file=3",
    "--log-opt=tag=odd",
  ]);
});

test("what only hosts know is refused by Compose and Swarm", () => {
  const containers = containerPlanOf(plan);
  const odd: Container = { ...EVERYTHING, env: { ADDRESS: [{ kind: "address", host: "main" }] } };
  assert.throws(() => renderCompose({ ...containers, components: [odd] }, PLACE), /only hosts know the address/);
});
