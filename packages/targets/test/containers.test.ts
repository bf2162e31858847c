import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "@groundplan/model";
import { isPinned } from "../src/containers/image-name.js";
import { shortNames } from "../src/containers/short-names.js";
import { TARGETS } from "../src/index.js";
import { assertGolden, PLANS } from "./golden.js";
import { composeOf, neighbours, type ParsedFile, PLACE, parsed, planned, rendered, serviceOf, swarmOf, textOf } from "./rendered.js";

/** What Compose and Swarm must do alike. */
const FILES: readonly { readonly target: string; readonly path: string; readonly of: (plan: (typeof PLANS)[string]) => ParsedFile }[] = [
  { target: "compose", path: "compose.yaml", of: composeOf },
  { target: "swarm", path: "stack.yaml", of: swarmOf },
];

for (const [name, plan] of Object.entries(PLANS)) {
  for (const { target, path } of FILES) {
    for (const file of [path, "README.md"]) {
      test(`${file} of ${target} for the ${name} stack is the golden file`, () =>
        assertGolden(`${target}/${name}/${file}`, textOf(target, plan, file)));
    }
  }
}

test("rendering twice gives the same bytes", () => {
  for (const plan of Object.values(PLANS)) {
    for (const target of TARGETS) assert.deepEqual(target.render(plan, PLACE), target.render(plan, PLACE));
  }
});

test("two containers share a network exactly when one uses or reads the other", () => {
  for (const plan of Object.values(PLANS)) {
    for (const { target, of } of FILES) {
      const here = new Set(Object.keys(of(plan).services));
      const wanted = [...plan.links.map(({ from, to }) => [from, to] as const), ...monitoringPairs(plan)];
      const links = wanted.filter(([from, to]) => here.has(from) && here.has(to)).map((pair) => [...pair].sort().join(" "));
      assert.deepEqual([...neighbours(of(plan))].sort(), [...new Set(links)].sort(), `${target} of ${plan.stack}`);
    }
  }
});

/** Who opens connections to whom of monitoring. */
function monitoringPairs({ monitoring, scrapes }: (typeof PLANS)[string]): readonly (readonly [string, string])[] {
  if (monitoring === null) return [];
  const read = scrapes.flatMap(({ component, exporter }): readonly (readonly [string, string])[] => {
    if (component === null) return exporter === null ? [] : [["prometheus", "node-exporter"]];
    if (exporter === null) return [["prometheus", component]];
    return [
      ["prometheus", `${component}-exporter`],
      [`${component}-exporter`, component],
    ];
  });
  return [["prometheus", "alertmanager"], ["grafana", "prometheus"], ...read];
}

test("only those who use Redis share a network with it", () => {
  for (const { of } of FILES) {
    const pairs = neighbours(of(PLANS.voting ?? assert.fail()));
    const ofDatabases = pairs.filter((pair) => / (db|redis)$|^(db|redis) /.test(pair));
    assert.deepEqual(ofDatabases.sort(), [
      "db db-exporter",
      "db result",
      "db worker",
      "redis redis-exporter",
      "redis vote",
      "redis worker",
    ]);
  }
});

test("a network between two components is internal, and so is that of one that knows nobody", () => {
  const plan = planned("test", (s) => {
    const api = s.service("api", { image: build("./api"), port: 80 });
    s.service("web", { image: build("./web"), uses: { api } });
    s.service("loner", { image: build("./loner") });
    return ["api", "web", "loner"];
  });
  for (const { of } of FILES) {
    const { networks } = of(plan);
    assert.deepEqual(Object.keys(networks), ["web-api", "loner-alone"]);
    assert.deepEqual(
      Object.values(networks).map((network) => network?.internal),
      [true, true],
    );
  }
});

test("only public services publish a port, databases never", () => {
  for (const plan of Object.values(PLANS)) {
    for (const { of } of FILES) {
      const { services } = of(plan);
      const publishing = Object.keys(services).filter((name) => services[name]?.ports !== undefined);
      const pages = plan.monitoring === null ? [] : ["prometheus", "grafana"];
      const open = [...plan.components.filter((component) => component.public).map(({ name }) => name), ...pages];
      assert.deepEqual(publishing.sort(), open.sort(), plan.stack);
    }
  }
});

test("public services get the ports that they have under groundplan up, and never the control room's", () => {
  const names = Array.from({ length: 12 }, (_, index) => `web-${String.fromCharCode(97 + index)}`);
  const plan = planned("test", (s) => {
    for (const name of names) s.service(name, { image: build(`./${name}`), port: 3000 + names.indexOf(name), public: true });
    return names;
  });
  const text = textOf("compose", plan, "compose.yaml");
  const ports = [...text.matchAll(/_PORT:-(\d+)\}/g)].map(([, port]) => Number(port));
  assert.deepEqual(ports, [8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 8091, 8092]);
});

test("every image of the voting stack has a version, or the tag that the operator chooses", () => {
  for (const { of } of FILES) {
    for (const [name, { image }] of Object.entries(of(PLANS.voting ?? assert.fail()).services)) {
      assert.ok(image.endsWith(`voting/${name}:\${TAG:-latest}`) || isPinned(image), image);
    }
  }
});

test("an image is pinned by a digest or a tag that is not latest, and a registry's port is no tag", () => {
  const pinned = ["redis:7.2.7-bookworm", "registry.example.com:5000/app:1", "app@sha256:0f", "registry.example.com:5000/a/b:1@sha256:0f"];
  const moving = ["redis", "redis:latest", "registry.example.com:5000/app", "registry.example.com:5000/app:latest", "app:"];
  assert.deepEqual(pinned.filter(isPinned), pinned);
  assert.deepEqual(moving.filter(isPinned), []);
});

test("every secret is asked for, in the files that are kept out of git", () => {
  for (const plan of Object.values(PLANS)) {
    for (const { target } of FILES) {
      const { secretFiles } = rendered(target, plan);
      const asked = secretFiles.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "secret" ? [part.name] : [])));
      assert.deepEqual([...new Set(asked)].sort(), plan.secrets, `${target} of ${plan.stack}`);
    }
  }
});

test("the author's text reaches the container as it is: quotes, line breaks, dollars and what YAML takes for something else", () => {
  const plan = PLANS.awkward ?? assert.fail();
  const wanted = plan.components.find(({ name }) => name === "a")?.env ?? {};
  for (const { target, path } of FILES) {
    for (const version of ["1.1", "1.2"] as const) {
      const { environment } = serviceOf(parsed(textOf(target, plan, path), version), "a");
      for (const name of ["EMPTY", "QUOTED", "LINES", "NUMBER_LIKE", "YAML_LIKE", "lower_case"]) {
        const [part] = wanted[name] ?? [];
        const given = environment?.[name];
        assert.ok(part?.kind === "text" && typeof given === "string", name);
        assert.equal(given.replaceAll("$$", "$"), part.text, `${name} in YAML ${version}`);
        assert.equal(given.replaceAll("$$", "").includes("$"), false, `${name} begins a variable`);
      }
    }
  }
});

test("a dollar in a health command begins no variable either", () => {
  for (const { of } of FILES) {
    const { healthcheck } = serviceOf(of(PLANS.awkward ?? assert.fail()), "a");
    assert.deepEqual(healthcheck?.test, ["CMD", "sh", "-c", `test "$$(cat /tmp/health)" = 'it''s ok'`]);
  }
});

test("services in other languages have the same health, limits and networks", () => {
  for (const { of } of FILES) {
    const file = of(PLANS.awkward ?? assert.fail());
    assert.deepEqual(serviceOf(file, "public-service-with-a-name-of-40-letters").healthcheck?.test, ["CMD", "/app/check", "--quiet"]);
    assert.equal(serviceOf(file, "two").healthcheck?.interval, "5s");
    assert.equal(serviceOf(file, "two").healthcheck?.test, undefined, "the HEALTHCHECK of its Dockerfile");
    assert.equal(serviceOf(file, "last-service-in-a-long-chain-of-links").healthcheck, undefined);
  }
});

test("what is built here is hardened, what says otherwise and ready images are not", () => {
  const plan = planned("test", (s) => {
    s.service("built", { image: build("./built") });
    s.service("loose", { image: build("./loose"), hardened: false });
    s.service("ready", { image: "app:1" });
    s.service("tight", { image: "app:1", hardened: true });
    return ["built", "loose", "ready", "tight"];
  });
  for (const { of } of FILES) {
    const { services } = of(plan);
    const locked = Object.keys(services).filter((name) => services[name]?.read_only && services[name]?.cap_drop?.includes("ALL"));
    assert.deepEqual(locked, ["built", "tight"]);
    assert.ok(locked.every((name) => JSON.stringify(services[name]).includes("/tmp")));
  }
});

test("a Redis keeps what it answered, and refuses writes before the engine would end it", () => {
  const { command } = serviceOf(composeOf(PLANS.voting ?? assert.fail()), "redis");
  for (const setting of ["--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction", "--maxmemory 307mb"]) {
    assert.ok(command?.includes(setting), setting);
  }
});

test("PostgreSQL counts as healthy only over TCP, which it does not serve while it initialises", () => {
  for (const { of } of FILES) {
    const { healthcheck } = serviceOf(of(PLANS.awkward ?? assert.fail()), "primary");
    assert.deepEqual(healthcheck?.test?.slice(0, 5), ["CMD", "pg_isready", "--quiet", "--host=127.0.0.1", "--port=5433"]);
  }
});

test("what the user should know is told: services left out, images without a version, health that nothing tells", () => {
  const { notes } = rendered("compose", PLANS.awkward ?? assert.fail());
  assert.deepEqual(notes, [
    'background-job-without-a-port has no image, so it is not in compose.yaml: add image: build("./background-job-without-a-port") to s.service("background-job-without-a-port")',
    'last-service-in-a-long-chain-of-links runs the image "php", which names no version: what runs may change by itself; add a tag',
    "nothing tells when last-service-in-a-long-chain-of-links is healthy, so two and public-service-with-a-name-of-40-letters cannot wait for " +
      'that: add health: { command: "..." } to s.service("last-service-in-a-long-chain-of-links")',
    'compose.yaml has 31 networks, and Docker has addresses for about 30: if it says that none are left, write "default-address-pools": ' +
      '[{"base": "10.200.0.0/16", "size": 24}] into /etc/docker/daemon.json and restart Docker',
  ]);
  for (const name of ["voting", "minimal", "single-host"]) assert.deepEqual(rendered("compose", PLANS[name] ?? assert.fail()).notes, []);
});

test("those who use a service that is left out are named", () => {
  const plan = planned("test", (s) => {
    const api = s.service("api", { local: "node api.js", port: 8000 });
    s.service("web", { image: build("./web"), uses: { api } });
    return ["api", "web"];
  });
  const text = 'api has no image, so it is not in stack.yaml, and web will not find it: add image: build("./api") to s.service("api")';
  assert.deepEqual(rendered("swarm", plan).notes, [text]);
  assert.equal(serviceOf(composeOf(plan), "web").depends_on, undefined);
});

test("names that are too long or wanted twice are told apart, and depend on nothing but their own identity", () => {
  const wishes = [
    { identity: "a b-c", wanted: "a-b-c" },
    { identity: "a-b c", wanted: "a-b-c" },
    { identity: "free", wanted: "free" },
    { identity: "long", wanted: "x".repeat(50) },
  ];
  const names = shortNames(wishes, 20);
  assert.equal(new Set(names.values()).size, 4);
  assert.equal(names.get("free"), "free");
  assert.match(names.get("long") ?? "", /^x{13}-[0-9a-z]{6}$/);
  assert.match(names.get("a b-c") ?? "", /^a-b-c-[0-9a-z]{6}$/);
  assert.equal(shortNames([...wishes].reverse(), 20).get("a b-c"), names.get("a b-c"));
});

test("links whose names become one have a network each", () => {
  const plan = planned("test", (s) => {
    const bc = s.service("b-c", { image: "app:1", port: 1 });
    const c = s.service("c", { image: "app:1", port: 2 });
    s.service("a", { image: "app:1", uses: { one: bc } });
    s.service("a-b", { image: "app:1", uses: { one: c } });
    return ["b-c", "c", "a", "a-b"];
  });
  for (const { of } of FILES) assert.deepEqual([...neighbours(of(plan))].sort(), ["a b-c", "a-b c"]);
});
