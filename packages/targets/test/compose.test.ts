import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type Secret } from "@groundplan/model";
import { monitoringContainers } from "../src/index.js";
import { PLANS } from "./golden.js";
import { composeOf, planned, rendered, serviceOf, textOf } from "./rendered.js";

const voting = PLANS.voting ?? assert.fail();

test("each container waits until what it uses is healthy, or only started where nothing tells", () => {
  for (const plan of Object.values(PLANS)) {
    const { services } = composeOf(plan);
    for (const { name, after } of plan.components.filter((component) => component.name in services)) {
      const waits = serviceOf(composeOf(plan), name).depends_on ?? {};
      assert.deepEqual(Object.keys(waits).sort(), [...after].sort(), name);
      for (const [used, { condition }] of Object.entries(waits)) {
        assert.equal(condition, services[used]?.healthcheck === undefined ? "service_started" : "service_healthy", `${name} after ${used}`);
      }
    }
  }
  assert.ok(Object.values(composeOf(voting).services).every(({ healthcheck }) => healthcheck !== undefined));
});

test("every container has limits, and logs that end", () => {
  for (const plan of Object.values(PLANS)) {
    for (const [name, service] of Object.entries(composeOf(plan).services)) {
      const memoryMb = [...plan.components, ...monitoringContainers(plan)].find((each) => each.name === name)?.memoryMb;
      assert.deepEqual([service.mem_limit, service.pids_limit], [`${memoryMb}m`, 512], name);
      assert.deepEqual((service as { logging?: object }).logging, { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } });
    }
  }
});

test("a public port is published to this machine only, unless .env says otherwise", () => {
  assert.deepEqual(serviceOf(composeOf(voting), "vote").ports, [`\${BIND_ADDRESS:-127.0.0.1}:\${VOTE_PORT:-8080}:80`]);
  assert.deepEqual(serviceOf(composeOf(voting), "result").ports, [`\${BIND_ADDRESS:-127.0.0.1}:\${RESULT_PORT:-8081}:5001`]);
});

test("the page of a public service is where its port is published", () => {
  assert.equal(serviceOf(composeOf(voting), "vote").environment?.RESULT_PAGE, `http://\${PUBLIC_HOST:-127.0.0.1}:\${RESULT_PORT:-8081}`);
});

test("a container finds another by its name and own port, and is told its own port", () => {
  const { environment } = serviceOf(composeOf(voting), "vote");
  assert.deepEqual([environment?.QUEUE_URL, environment?.PORT, environment?.HOST], ["redis://redis:6379", "80", undefined]);
});

test("only a service that may leads out of the stack: the network that publishes a port hides nobody's address", () => {
  const plan = planned("test", (s) => {
    s.service("closed", { image: build("./closed"), port: 80, public: true });
    s.service("open", { image: build("./open"), port: 81, public: true, internet: true });
    s.service("mailer", { image: build("./mailer"), internet: true });
    return ["closed", "open", "mailer"];
  });
  assert.deepEqual(composeOf(plan).networks, {
    "closed-public": { driver_opts: { "com.docker.network.bridge.enable_ip_masquerade": "false" } },
    "open-public": null,
    "mailer-internet": null,
  });
});

test("a secret is a variable that must be there, in .env under the project's name", () => {
  const { environment } = serviceOf(composeOf(voting), "worker");
  assert.equal(environment?.DB_URL, `postgres://app:\${DB_PASSWORD:?write it into .env}@db:5432/app`);
  assert.deepEqual(rendered("compose", voting).secretFiles, [
    {
      path: ".env",
      form: "env",
      parts: [
        { kind: "text", text: "COMPOSE_PROJECT_NAME=voting\n" },
        { kind: "text", text: "DB_PASSWORD=" },
        { kind: "secret", name: "db-password" },
        { kind: "text", text: "\n" },
        { kind: "text", text: "VOTER_KEY=" },
        { kind: "secret", name: "voter-key" },
        { kind: "text", text: "\n" },
      ],
    },
  ]);
  assert.match(textOf("compose", voting, ".gitignore"), /^\.env$/m);
});

test("a secret whose name means something to the shell or to the file gets another variable", () => {
  const names = ["path", "home", "tag", "compose-file", "web-port", "bind-address", "key"];
  const plan = planned("test", (s) => {
    const secrets = names.map((name): [string, Secret] => [`S_${name.replaceAll("-", "_").toUpperCase()}`, s.secret(name)]);
    s.service("web", { image: build("./web"), port: 80, public: true, env: Object.fromEntries(secrets) });
    return ["web"];
  });
  const [file] = rendered("compose", plan).secretFiles;
  const lines = file?.parts.flatMap((part) => (part.kind === "text" && part.text.endsWith("=") ? [part.text] : []));
  assert.deepEqual(lines, ["BIND_ADDRESS_=", "COMPOSE_FILE_=", "HOME_=", "KEY=", "PATH_=", "TAG_=", "WEB_PORT_="]);
  assert.equal(serviceOf(composeOf(plan), "web").environment?.S_TAG, `\${TAG_:?write it into .env}`);
});

test("images are built from the stack's folder, wherever the files lie", () => {
  const plan = planned("test", (s) => {
    s.service("here", { image: build(".") });
    s.service("sub", { image: build("./services/sub/") });
    s.service("beside", { image: build("../beside") });
    return ["here", "sub", "beside"];
  });
  const { services } = composeOf(plan);
  assert.deepEqual(
    Object.values(services).map(({ build }) => build),
    ["../..", "../../services/sub", "../../../beside"],
  );
});

test("data is in named volumes", () => {
  assert.deepEqual(Object.keys(composeOf(voting).volumes ?? {}), [
    "db-data",
    "redis-data",
    "prometheus-data",
    "alertmanager-data",
    "grafana-data",
  ]);
  assert.deepEqual(serviceOf(composeOf(voting), "redis").volumes, ["redis-data:/data"]);
  assert.deepEqual(serviceOf(composeOf(voting), "db").volumes, ["db-data:/var/lib/postgresql/data"]);
});

test("a stack whose networks may not all get an address is told how to have more", () => {
  const withServices = (count: number) =>
    planned("test", (s) => {
      const names = Array.from({ length: count }, (_, index) => `web${index}`);
      for (const [index, name] of names.entries())
        s.service(name, { image: build("./web"), port: 3000 + index, public: true, metrics: false });
      return names;
    });
  assert.deepEqual(rendered("compose", withServices(24)).notes, []);
  assert.match(rendered("compose", withServices(25)).notes.join(), /25 networks.*default-address-pools.*daemon\.json/);
});
