import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isOpenToPeople, monitoringContainers } from "@groundplan/targets";
import { ComposeRun, type MissingEngine, MONITORING_STAND_INS, openOutsideWorld, until } from "@groundplan/testing";
import { type Link, planOf } from "groundplan/plan";
import pg from "pg";
import voting from "../../stack.js";
import { assertNothingLost } from "./containers-load.js";
import { castAndAudit } from "./containers-stress.js";
import { openPrometheus } from "./prometheus.js";
import { castAs, newVoter } from "./voters.js";

const plan = planOf(voting);
const PARTS = plan.components.map((component) => component.name);
const EXPORTERS = ["node-exporter", "redis-exporter", "db-exporter"];
const SERVICES = plan.components.filter((component) => component.kind === "service").map((component) => component.name);

let run: ComposeRun | MissingEngine;
before(async () => {
  run = await ComposeRun.open({
    stackFolder: fileURLToPath(new URL("../..", import.meta.url)),
    images: ["node", "redis", "postgres", ...MONITORING_STAND_INS],
    publicServices: ["vote", "result", "prometheus"],
    // Debian has no package of it, and its image is not pulled for a test.
    without: ["grafana"],
  });
  if (run instanceof ComposeRun) await run.up();
});
after(async () => {
  if (run instanceof ComposeRun) await run.close();
});

function inContainers(name: string, work: (run: ComposeRun, context: TestContext) => Promise<void>): void {
  test(name, async (context) => {
    if (!(run instanceof ComposeRun)) return context.skip(run.missing);
    await work(run, context);
  });
}

const totalOf = async (run: ComposeRun): Promise<number> =>
  ((await (await fetch(`${run.url("result")}/api/results`)).json()) as { total: number }).total;

/** The `.env` of the project, by name. */
const settings = (run: ComposeRun): Readonly<Record<string, string>> =>
  Object.fromEntries([...readFileSync(join(run.folder, ".env"), "utf8").matchAll(/^(\w+)=(.*)$/gm)].map((line) => [line[1], line[2]]));

/** Every address of a container, in each of its networks. */
async function addressesOf(run: ComposeRun, part: string): Promise<readonly string[]> {
  const networks = JSON.parse(await run.inspect(part, "{{json .NetworkSettings.Networks}}")) as Record<string, { IPAddress: string }>;
  return Object.values(networks).map((network) => network.IPAddress);
}

/** The database publishes no port; this machine reaches its container all the same. */
async function databaseUrl(run: ComposeRun): Promise<string> {
  const variables = JSON.parse(await run.inspect("worker", "{{json .Config.Env}}")) as string[];
  const url = new URL((variables.find((variable) => variable.startsWith("DB_URL=")) as string).slice("DB_URL=".length));
  url.hostname = (await addressesOf(run, "db"))[0] as string;
  return url.href;
}

inContainers("a vote that is cast under Compose shows on the result page", async (run) => {
  const before = await totalOf(run);
  assert.ok(await castAs(newVoter(), run.url("vote"), "a"));
  await until("it is counted", async () => (await totalOf(run)) === before + 1);
  assert.match(await (await fetch(run.url("result"))).text(), /Cats/);
  const votePage = await (await fetch(run.url("vote"))).text();
  assert.ok(votePage.includes(`href="${run.url("result")}"`), "the vote page leads to the result page's published port");
});

inContainers("1,000 votes, 40 at a time, under Compose: all four levels are equal", async (run) => {
  await castAndAudit({ vote: run.url("vote"), result: run.url("result") });
});

inContainers("without Grafana, which has no Debian package: a vote that is cast under Compose shows in Prometheus", async (run) => {
  const prometheus = openPrometheus(run.url("prometheus"));
  const persisted = async () => Math.max(...(await prometheus.query("max(votes_persisted_total)")));
  await until("the votes so far are read", async () => (await persisted()) >= (await totalOf(run)));
  const before = await persisted();
  assert.ok(await castAs(newVoter(), run.url("vote"), "b"));
  await until("Prometheus has read it", async () => (await persisted()) > before, 60_000);
});

inContainers("Prometheus reads everything in the stack, and finds no fault with a rule", async (run) => {
  const prometheus = openPrometheus(run.url("prometheus"));
  const targets = await prometheus.targets();
  assert.deepEqual(
    targets.filter(({ health }) => health !== "up"),
    [],
  );
  assert.deepEqual([...new Set(targets.map(({ job }) => job))].sort(), [...new Set(plan.scrapes.map(({ job }) => job))].sort());
  const rules = await until("each rule was evaluated", async () => {
    const all = await prometheus.rules();
    return all.length > 0 && all.every(({ health }) => health !== "unknown") ? all : null;
  });
  assert.deepEqual(
    rules.filter(({ health }) => health !== "ok"),
    [],
  );
  // What the exporters tell is of the machine and the databases, not of their containers.
  assert.deepEqual(await prometheus.query("redis_up"), [1]);
  assert.deepEqual(await prometheus.query("pg_up"), [1]);
  assert.deepEqual(await prometheus.query("node_memory_MemTotal_bytes"), [totalmem()]);
});

inContainers("compose ps counts monitoring in, and does not miss what was left out of it", async (run) => {
  const rows = JSON.parse(await run.groundplan("ps", "--json")) as readonly { readonly service: string; readonly ready: boolean }[];
  const wanted = [...PARTS, ...EXPORTERS, "prometheus", "alertmanager"];
  assert.deepEqual(rows.map(({ service }) => service).sort(), wanted.sort());
  assert.ok(rows.every(({ ready }) => ready));
});

inContainers("what Prometheus reads reaches Prometheus only, and Alertmanager is reached by nobody else", async (run) => {
  const ports = new Map(monitoringContainers(plan).map(({ name, port }) => [name, port]));
  const ways = new Map<string, string>();
  for (const name of [...EXPORTERS, "alertmanager"]) {
    for (const address of [name, ...(await addressesOf(run, name))]) ways.set(`${address}/${ports.get(name)}`, name);
  }
  const tried = [...SERVICES, ...EXPORTERS].map(async (from) => {
    const others = [...ways].flatMap(([way, name]) => (name === from ? [] : [way]));
    assert.deepEqual(await openable(run, from, ["prometheus/9090", ...others]), ["prometheus/9090"], from);
  });
  await Promise.all(tried);
});

for (const part of ["db", "redis", "vote", "worker"]) {
  inContainers(
    `the container of ${part}, killed under load, comes back, and no acknowledged vote is lost or doubled`,
    async (run, context) => {
      if (process.getuid?.() !== 0) return context.skip("needs root, to kill a process in a container");
      const startedAt = () => run.inspect(part, "{{.State.StartedAt}}");
      const kill = async (): Promise<void> => {
        const before = await startedAt();
        // As a crash would: "docker kill" counts as a wish, after which the engine lets it lie.
        process.kill(Number(await run.inspect(part, "{{.State.Pid}}")), "SIGKILL");
        const isBack = async () => (await startedAt()) !== before && (await run.inspect(part, "{{.State.Health.Status}}")) === "healthy";
        await until(`${part} is back`, isBack, 120_000).catch(async (error: unknown) => {
          // The engine gives up on one whose port somebody else has taken; a slow one has the words of its health checks.
          throw new Error(await run.inspect(part, "{{json .State}}"), { cause: error });
        });
      };
      let pool: pg.Pool | undefined;
      try {
        await assertNothingLost(run.url("vote"), kill, async () => {
          pool = new pg.Pool({ connectionString: await databaseUrl(run) });
          pool.on("error", () => undefined); // What breaks a connection, the next query tells.
          return pool;
        });
      } finally {
        await pool?.end();
      }
    },
  );
}

inContainers("down and up again: the votes are still there", async (run) => {
  const before = await totalOf(run);
  assert.ok(before > 1_000);
  await run.groundplan("down");
  assert.equal(await run.container("db"), "");
  await run.up();
  await until("the result page has read them", async () => (await totalOf(run)) === before);
  assert.ok(await castAs(newVoter(), run.url("vote"), "b"));
  await until("votes are counted again", async () => (await totalOf(run)) === before + 1);
});

inContainers("each container reaches what it uses, and nothing else, by name or by address", async (run) => {
  const isLinked = (from: string, to: string) => plan.links.some((link: Link) => link.from === from && link.to === to);
  for (const from of PARTS) {
    // A Compose network has no direction: who is used can open connections to who uses it.
    const others = plan.components.filter(({ name }) => name !== from && !isLinked(name, from));
    const ways = new Map<string, string>();
    for (const { name, port } of others) {
      for (const address of [name, ...(await addressesOf(run, name))]) ways.set(`${address}/${port}`, name);
    }
    const found = (await openable(run, from, [...ways.keys()])).map((way) => ways.get(way));
    const expected = others.map(({ name }) => name).filter((name) => isLinked(from, name));
    assert.deepEqual([...new Set(found)].sort(), expected.sort(), `reached from ${from}`);
  }
});

inContainers("no container can open a connection out of the stack", async (run, context) => {
  const world = await openOutsideWorld();
  if (world === null) return context.skip("needs ip of iproute2, run by root");
  try {
    const way = `${world.address}/${world.port}`;
    // Any other container can: there is a way, and the stack's networks close it.
    const other = ["run", "--rm", "--entrypoint", "bash", await run.inspect("vote", "{{.Image}}"), "-c", `exec 3<>/dev/tcp/${way}`];
    await run.engine.docker(...other);
    for (const part of [...PARTS, ...EXPORTERS, "prometheus", "alertmanager"]) {
      assert.deepEqual(await openable(run, part, [way]), [], part);
    }
  } finally {
    await world.close();
  }
});

inContainers("only the pages are published, and on this machine only", async (run) => {
  const monitoring = monitoringContainers(plan).filter(({ name }) => name === "prometheus" || name === "alertmanager");
  const pages = monitoring.map((container) => ({ ...container, public: isOpenToPeople(container) }));
  for (const { name, public: isPublic, port } of [...plan.components, ...pages]) {
    const bindings = JSON.parse(await run.inspect(name, "{{json .HostConfig.PortBindings}}")) as Record<
      string,
      { HostIp: string }[]
    > | null;
    assert.deepEqual(Object.keys(bindings ?? {}), isPublic ? [`${port}/tcp`] : [], name);
    assert.ok(
      Object.values(bindings ?? {}).every(([binding]) => binding?.HostIp === "127.0.0.1"),
      name,
    );
  }
});

inContainers("services run as a user without privileges, on a root file system that they cannot write to", async (run) => {
  for (const service of SERVICES) {
    const script = `const { readFileSync, writeFileSync } = require("node:fs");
      const tried = (path) => { try { writeFileSync(path, ""); return "written"; } catch (error) { return error.code; } };
      const status = readFileSync("/proc/1/status", "utf8");
      const field = (name) => new RegExp(name + ":\\\\s*(\\\\S+)").exec(status)[1];
      console.log([field("Uid"), field("Gid"), field("CapEff"), field("CapBnd"), field("NoNewPrivs"), tried("/app/x"), tried("/x"), tried("/tmp/x")].join());`;
    const { stdout, stderr } = await run.exec(service, "node", "--eval", script);
    assert.equal(stdout.trim(), "1000,1000,0000000000000000,0000000000000000,1,EROFS,EROFS,written", `${service} ${stderr}`);
  }
});

inContainers("no secret is in an image, and each image adds less than 5 MB to its base", async (run) => {
  const secrets = Object.entries(settings(run)).filter(([name]) => /PASSWORD|KEY/.test(name));
  assert.equal(secrets.length, 2, "the stack has two secrets");
  for (const service of SERVICES) {
    const archive = join(run.folder, "image.tar");
    await run.engine.docker("save", "--output", archive, await run.inspect(service, "{{.Image}}"));
    const bytes = readFileSync(archive);
    rmSync(archive);
    // What is certainly in it is found: the search works.
    assert.ok(bytes.includes("VOTER_KEY") || service === "worker", service);
    assert.ok(bytes.includes("max-semi-space-size"), service);
    for (const [name, value] of secrets) assert.ok(!bytes.includes(value), `${name} is in the image of ${service}`);
    const added = await run.addedBytes(service);
    assert.ok(added > 1_000_000 && added < 5_000_000, `${service}: ${added}`);
  }
});

inContainers("each service ends on SIGTERM within seconds with exit code 0", async (run) => {
  for (const service of SERVICES) {
    const startedMs = performance.now();
    await run.engine.docker("stop", "--time", "20", await run.container(service));
    assert.equal(await run.inspect(service, "{{.State.ExitCode}}"), "0", service);
    assert.ok(performance.now() - startedMs < 10_000, service);
  }
});

/** Those of the ways "address/port" on which a connection can be opened from inside a container. A packet that is dropped gives no answer. */
async function openable(run: ComposeRun, from: string, ways: readonly string[]): Promise<readonly string[]> {
  // What is forbidden is dropped, not refused: the time is what that takes to be believed, on a busy machine too.
  const script = 'for way in "$@"; do (timeout 10 bash -c "exec 3<>/dev/tcp/$way" 2>&- && echo "$way") & done; wait';
  const { code, stdout, stderr } = await run.exec(from, "bash", "-c", script, "bash", ...ways);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter(Boolean);
}
