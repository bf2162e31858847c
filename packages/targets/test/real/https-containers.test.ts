import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Plan } from "@groundplan/model";
import { type DockerEngine, freePort, openDockerEngine, STAND_IN_IMAGES, until } from "@groundplan/testing";
import { parse } from "yaml";
import { TARGETS } from "../../src/index.js";
import { planCalled } from "../aws/terraform-plans.js";

/** For names of this ending Caddy is its own authority: it asks nobody for a certificate. */
const DOMAIN = "poll.internal";
const PLAN: Plan = { ...planCalled("two-zones"), aws: { ...planCalled("two-zones").aws, domain: DOMAIN } };
const FILES = TARGETS.find(({ name }) => name === "aws")?.render(PLAN, { stackFolder: ".." }).files ?? [];

/** How the playbooks start a container. */
interface Generated {
  readonly image: string;
  readonly options: readonly string[];
  readonly command: readonly string[];
}

/** What the playbooks say of a container, wherever they say it. */
function generated(name: string): Generated {
  const search = (value: unknown): Generated | null => {
    if (typeof value !== "object" || value === null) return null;
    const { options } = value as Partial<Generated>;
    if (Array.isArray(options) && options.includes(`--name=${name}`)) return value as Generated;
    return Object.values(value).reduce<Generated | null>((found, each) => found ?? search(each), null);
  };
  const candidates = FILES.filter(({ path, text }) => path.endsWith(".yml") && text.includes(`--name=${name}`));
  const found = candidates.reduce<Generated | null>((one, { text }) => one ?? search(parse(text)), null);
  return found ?? assert.fail(`the playbooks start no ${name}`);
}

/** A network and what runs in it, under names of their own; all of it is removed after the test. */
async function place(context: TestContext, engine: DockerEngine) {
  const mark = `groundplan-https-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), "groundplan-https-"));
  await engine.docker("network", "create", mark);
  context.after(async () => {
    const ids = (await engine.docker("ps", "--all", "--quiet", "--filter", `label=${mark}`)).split("\n").filter(Boolean);
    if (ids.length > 0) await engine.docker("rm", "--force", "--volumes", ...ids);
    await engine.docker("network", "rm", mark);
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (name: string, ...words: readonly string[]): Promise<string> =>
    engine.docker("run", "--detach", `--label=${mark}`, `--network=${mark}`, `--name=${mark}-${name}`, ...words);
  const health = (name: string) => engine.docker("inspect", "--format", "{{.State.Health.Status}}", `${mark}-${name}`);
  const untilHealthy = async (name: string): Promise<void> => {
    try {
      await until(`${name} is healthy`, async () => (await health(name)).trim() === "healthy", 120_000);
    } catch (error) {
      throw new Error(await engine.docker("inspect", "--format", "{{json .State}}", `${mark}-${name}`), { cause: error });
    }
  };
  return {
    folder,
    run,
    untilHealthy,
    restart: (name: string) => engine.docker("restart", `${mark}-${name}`),
    /** As the playbooks start it, in this network; `values`: what Ansible would put in. */
    async start(name: string, ports: Readonly<Record<number, number>>, values: readonly (readonly [what: RegExp, value: string])[]) {
      const { image, options, command } = generated(name);
      const own = options
        .filter((option) => !/^--(name|network|hostname|restart|label)=/.test(option))
        .map((option) => option.replace(/^--publish=.*:(\d+)$/, (_, port) => `--publish=127.0.0.1:${ports[port]}:${port}`))
        .map((option) => values.reduce((text, [what, value]) => text.replaceAll(new RegExp(what, "g"), value), option));
      assert.ok(!own.join().includes("{{"), own.join("\n"));
      await run(name, ...own, image, ...command);
      await untilHealthy(name);
    },
  };
}

function open(port: number, host: string, authority: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, servername: host, headers: { host }, ca: readFileSync(authority), agent: false };
    const request = https.get(options, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      resolve(`${response.statusCode} ${text}`);
    });
    request.on("error", reject);
  });
}

test("the HTTPS proxy and the blackbox exporter run in containers as the playbooks start them, hardened and healthy", async (context) => {
  const engine = await openDockerEngine(["node", "caddy", "blackboxExporter"]);
  if ("missing" in engine) return context.skip(engine.missing);
  // Hooks run in the order in which they are given: the engine is let go of last.
  const { folder, run, start, restart, untilHealthy } = await place(context, engine);
  context.after(() => engine.close());
  const server = 'require("node:http").createServer((_, response) => response.end("hello")).listen(8000)';
  await run("app", "--network-alias=app", STAND_IN_IMAGES.node.tag, "node", "--eval", server);

  const ports = { 80: await freePort(), 443: await freePort() };
  const data = join(folder, "https-edge-one");
  mkdirSync(data);
  await start("https-edge-one", ports, [
    [/\{\{ data_folder \}\}/, folder],
    [/\{\{ hostvars\['[\w-]+'\]\.private_ip \}\}/, "app"],
  ]);
  const authority = join(data, "caddy/pki/authorities/local/root.crt");
  await until("it has a certificate", async () => (await open(ports[443], `vote.${DOMAIN}`, authority)) === "200 hello", 60_000);
  const before = readFileSync(authority, "utf8");
  await restart("https-edge-one");
  await untilHealthy("https-edge-one");
  assert.equal(readFileSync(authority, "utf8"), before, "what it has is kept over a restart");
  await until("it answers again", async () => (await open(ports[443], `vote.${DOMAIN}`, authority)) === "200 hello", 60_000);

  const settings = join(folder, "monitoring/blackbox/blackbox.yml");
  mkdirSync(dirname(settings), { recursive: true });
  writeFileSync(settings, FILES.find(({ path }) => path.endsWith("blackbox/blackbox.yml"))?.text ?? assert.fail());
  const probes = { 9115: await freePort() };
  await start("blackbox-exporter", probes, [[/\{\{ deploy_folder \}\}/, folder]]);
  const answer = await fetch(`http://127.0.0.1:${probes[9115]}/probe?module=http_2xx&target=http://app:8000`);
  // It came there, and what is not encrypted is no page.
  const text = await answer.text();
  assert.match(text, /^probe_http_status_code 200$/m);
  assert.match(text, /^probe_success 0$/m);
});
