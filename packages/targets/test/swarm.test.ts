import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type Plan, renderEnv } from "@groundplan/model";
import { monitoringContainers, swarmPlanOf } from "../src/index.js";
import { PLANS } from "./golden.js";
import { composeOf, type ParsedFile, planned, rendered, serviceOf, swarmOf, textOf } from "./rendered.js";

const voting = PLANS.voting ?? assert.fail();
const file = swarmOf(voting);

test("services run as many copies as the stack says, databases one", () => {
  const copies = voting.components.map(({ name }) => [name, serviceOf(file, name).deploy?.replicas]);
  assert.deepEqual(copies, [
    ["db", 1],
    ["redis", 1],
    ["vote", 2],
    ["worker", 2],
    ["result", 1],
  ]);
});

test("a service is replaced copy by copy, the new one first, and rolled back when that fails; of a database there are never two", () => {
  for (const [name, { deploy }] of Object.entries(file.services)) {
    const order = ["vote", "worker", "result"].includes(name) ? "start-first" : "stop-first";
    assert.deepEqual(deploy?.update_config, { parallelism: 1, order, failure_action: "rollback", monitor: "30s" }, name);
  }
});

test("a database stays on the node that has its data, and is reached without a virtual address", () => {
  for (const [name, setting] of [
    ["db", "DB_NODE"],
    ["redis", "REDIS_NODE"],
  ] as const) {
    const { deploy } = serviceOf(file, name);
    assert.deepEqual(deploy?.placement?.constraints, [`\${${setting}:-node.role == manager}`]);
    assert.equal(deploy?.endpoint_mode, "dnsrr");
  }
});

test("a variable that holds a secret becomes a file with its whole value, and no other variable does", () => {
  const worker = serviceOf(file, "worker");
  assert.deepEqual(worker.secrets, ["worker-db-password", "worker-db-url"]);
  assert.equal(worker.environment?.DB_URL_FILE, "/run/secrets/worker-db-url");
  assert.deepEqual([worker.environment?.DB_URL, worker.environment?.DB_PASSWORD], [undefined, undefined]);
  assert.equal(worker.environment?.QUEUE_URL, "redis://redis:6379");
  assert.equal(serviceOf(file, "db").environment?.POSTGRES_PASSWORD_FILE, "/run/secrets/db-password");
});

test("each secret file has the value that its variable has elsewhere, and stack.yaml knows where it lies", () => {
  for (const plan of Object.values(PLANS)) {
    const { secretFiles } = rendered("swarm", plan);
    const naming = { host: (of: string) => of, port: (of: string) => plan.components.find(({ name }) => name === of)?.port ?? 0 };
    for (const { container: component, name, variable } of swarmPlanOf(plan).secrets) {
      const text = secretFiles
        .find(({ path }) => path === `secrets/${name}`)
        ?.parts.map((part) => (part.kind === "text" ? part.text : `<${part.name}>`))
        .join("");
      const bearer = [...plan.components, ...monitoringContainers(plan)].find((candidate) => candidate.name === component);
      const { env } = bearer ?? assert.fail(component);
      const source = plan.components.find((candidate) => candidate.name === component)?.source;
      const elsewhere = renderEnv(env, { ...naming, secret: (secret) => `<${secret}>`, page: (of) => `the page of ${of}` });
      assert.equal(text, source?.kind === "postgres" ? `<${source.passwordSecret}>` : elsewhere[variable], name);
    }
    const known = Object.values(swarmOf(plan).secrets ?? {}).map((secret) => secret.file);
    assert.deepEqual(
      known,
      secretFiles.map(({ path }) => `./${path}`),
    );
    assert.ok(secretFiles.every(({ form }) => form === "value"));
  }
  assert.match(textOf("swarm", voting, ".gitignore"), /^secrets\/$/m);
});

test("variables whose secrets would have one name get a secret each", () => {
  const plan = planned("test", (s) => {
    const key = s.secret("key");
    s.service("a-b", { image: build("./one"), env: { C: key } });
    s.service("a", { image: build("./two"), env: { B_C: key, b_c: key } });
    return ["a-b", "a"];
  });
  const { secrets } = swarmPlanOf(plan);
  assert.equal(new Set(secrets.map(({ name }) => name)).size, 3);
  for (const { container: component, variable, name } of secrets) {
    assert.equal(serviceOf(swarmOf(plan), component).environment?.[`${variable}_FILE`], `/run/secrets/${name}`);
  }
});

test("all names fit into what Swarm takes, under the name that is proposed", () => {
  for (const plan of Object.values(PLANS)) {
    const { name } = swarmPlanOf(plan);
    const { services, networks, secrets } = swarmOf(plan);
    for (const own of [services, networks, secrets ?? {}].flatMap(Object.keys)) {
      assert.ok(`${name}_${own}`.length <= 63, `${name}_${own}`);
    }
  }
  assert.equal(swarmPlanOf(voting).name, "voting");
  assert.match(
    rendered("swarm", PLANS.awkward ?? assert.fail()).notes.join(),
    /63 letters at most: deploy this stack under a shorter one, awkward-stack-with-a-n$/,
  );
});

test("a public port is published on every node, in ingress mode", () => {
  assert.deepEqual(serviceOf(file, "vote").ports, [`\${VOTE_PORT:-8080}:80`]);
});

test("nothing is in the file that Swarm passes over", () => {
  // As `docker stack deploy` lists them; depends_on and container limits it drops without a word.
  const ignored =
    /^ +(build|cap_add|cgroup_parent|container_name|depends_on|devices|external_links|links|mac_address|mem_limit|network_mode|pids_limit|restart|security_opt|shm_size|userns_mode|tmpfs: \[.*):/m;
  for (const plan of Object.values(PLANS)) assert.doesNotMatch(textOf("swarm", plan, "stack.yaml"), ignored);
});

test("networks are overlays that nothing else can join, internal unless a service may leave the stack", () => {
  for (const [name, network] of Object.entries(swarmOf(PLANS.awkward ?? assert.fail()).networks)) {
    assert.deepEqual(network, name === "a-internet" ? { driver: "overlay" } : { driver: "overlay", internal: true }, name);
  }
});

test("Swarm kills what is not healthy: a HEALTHCHECK asks whether it is alive, where that is another path", () => {
  const plan = planned("asks", (s) => {
    const health = { ready: "/readyz", live: "/livez" };
    s.service("two-paths", { image: build("./a"), port: 1, health });
    s.service("one-path", { image: build("./b"), port: 2, health: "/up" });
    s.service("own-variable", { image: build("./c"), port: 3, health, env: { HEALTH_PATH: "/mine" } });
    s.service("own-command", { image: build("./d"), port: 4, health: { ...health, command: "check" } });
    s.service("ready-image", { image: "shop:3", port: 5, health });
  });
  const asked = (of: (plan: Plan) => ParsedFile): unknown =>
    Object.entries(of(plan).services).flatMap(([name, { environment }]) =>
      environment?.HEALTH_PATH === undefined ? [] : [[name, environment.HEALTH_PATH]],
    );
  assert.deepEqual(asked(swarmOf), [
    ["two-paths", "/livez"],
    ["own-variable", "/mine"],
  ]);
  assert.deepEqual(asked(composeOf), [["own-variable", "/mine"]]);
});
