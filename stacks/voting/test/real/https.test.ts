import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { hostReach, renderMonitoring, TARGETS } from "@groundplan/targets";
import { freePort, missingProgram, programPath, until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { type Plan, planOf } from "groundplan/plan";
import { parse } from "yaml";
import voting from "../../stack.js";
import { openPrometheus } from "../system/prometheus.js";

/** For names of this ending Caddy is its own authority: it asks nobody for a certificate. */
const DOMAIN = "poll.internal";
const PLAN: Plan = { ...planOf(voting), aws: { ...planOf(voting).aws, domain: DOMAIN } };
const PAGES = PLAN.components.filter((component) => component.public).map(({ name }) => name);

const missing = missingProgram("caddy");
const folder = mkdtempSync(join(tmpdir(), "groundplan-https-"));
const children: ChildProcess[] = [];

let run: VotingRun;
let ports: { readonly http: number; readonly https: number; readonly admin: number };
before(async () => {
  if (missing !== null) return;
  run = await startVoting();
  ports = { http: await freePort(), https: await freePort(), admin: await freePort() };
  await startCaddy();
});
after(async () => {
  for (const child of children) await end(child);
  if (missing === null) await run.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The file that the playbooks give to Caddy, as it is generated. */
function generatedCaddyfile(): string {
  const files = TARGETS.find(({ name }) => name === "aws")?.render(PLAN, { stackFolder: ".." }).files ?? [];
  const START = "--env=CADDYFILE=";
  const found = files
    .filter(({ path, text }) => path.endsWith(".yml") && text.includes(START))
    .flatMap(({ text }) => stringsOf(parse(text)).filter((value) => value.startsWith(START)));
  assert.equal(new Set(found).size, 1, "one proxy: both public services are on one host");
  return (found[0] ?? "").slice(START.length);
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

/** The real Caddy in front of the real services. Only ports are put in: those that are free here, and where the services really listen. */
async function startCaddy(): Promise<void> {
  const portOf = new Map(
    PLAN.components.map(({ name, port }) => [String(port), new URL(name === "vote" ? run.voteUrl : run.resultUrl).port]),
  );
  const sites = generatedCaddyfile().replace(
    /(reverse_proxy) \{\{[^}]*\}\}:(\d+)/g,
    (_, word, port) => `${word} 127.0.0.1:${portOf.get(port)}`,
  );
  assert.ok(!sites.includes("{{"), sites);
  const places = `http_port ${ports.http}\n\thttps_port ${ports.https}\n\tadmin 127.0.0.1:${ports.admin}\n\tskip_install_trust`;
  writeFileSync(join(folder, "Caddyfile"), `{\n\t${places}\n}\n\n${sites}`);
  const caddy = programPath("caddy") ?? "";
  const args = ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
  start(caddy, args, { XDG_DATA_HOME: join(folder, "data"), XDG_CONFIG_HOME: join(folder, "config") });
  await until("Caddy has its certificates", async () => (await open("vote")).status === 200, 60_000);
}

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, stdio: "ignore" });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

const authority = (): string => join(folder, "data/caddy/pki/authorities/local/root.crt");

/** A request to a page by its public name, as a browser that trusts Caddy's authority. */
function ask(name: string, path: string, body?: string): Promise<http.IncomingMessage> {
  const host = `${name}.${DOMAIN}`;
  return new Promise((resolve, reject) => {
    const form =
      body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) };
    const options = { host: "127.0.0.1", port: ports.https, servername: host, path, ca: readFileSync(authority()), agent: false };
    https
      .request({ ...options, method: body === undefined ? "GET" : "POST", headers: { host, ...form } }, resolve)
      .on("error", reject)
      .end(body);
  });
}

async function open(name: string, path = "/", body?: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await ask(name, path, body);
  return { status: response.statusCode ?? 0, text: await textOf(response) };
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

/** As curl and wget ask; `fetch` says that it is a browser, which Caddy's admin address refuses. */
function askPlainly(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get({ host: "127.0.0.1", port, path, headers, agent: false }, resolve).on("error", reject);
  });
}

test("by HTTPS, through the generated Caddyfile: both pages, a vote, and the live result at once", async (context) => {
  if (missing !== null) return context.skip(missing);
  for (const name of PAGES) assert.equal((await open(name)).status, 200, name);
  const stream = await ask("result", "/events");
  let pushed = "";
  stream.setEncoding("utf8").on("data", (text) => {
    pushed += text;
  });
  await until("the stream has begun", () => pushed.includes("data:"));
  pushed = "";
  const page = await open("vote", "/", "vote=a");
  assert.equal(page.status, 200);
  assert.match(page.text, /value="a" aria-pressed="true"/);
  await until("the vote is pushed to who looks", () => /data:.*\b1\b/.test(pushed), 5_000);
  stream.destroy();
});

test("whoever comes by HTTP is led to HTTPS, and names that are not the stack's get nothing", async (context) => {
  if (missing !== null) return context.skip(missing);
  const response = await askPlainly(ports.http, "/?a=1", { host: `vote.${DOMAIN}` });
  response.resume();
  assert.equal(response.statusCode, 308);
  assert.match(response.headers.location ?? "", new RegExp(`^https://vote\\.${DOMAIN}(:\\d+)?/\\?a=1$`));
  await assert.rejects(ask("stranger", "/"), /alert/);
});

test("what the container's health check asks, its admin address, answers", async (context) => {
  if (missing !== null) return context.skip(missing);
  const answer = await askPlainly(ports.admin, "/config/");
  assert.equal(answer.statusCode, 200);
  assert.ok("http" in (JSON.parse(await textOf(answer)) as { apps: object }).apps);
});

test("the blackbox exporter with the generated settings, asked by Prometheus with its own, sees the certificates, and that a page is gone", async (context) => {
  const needed = missing ?? missingProgram("root", "unshare", "prometheus", "prometheus-blackbox-exporter");
  if (needed !== null) return context.skip(needed);
  const [blackbox, prometheus] = [await freePort(), await freePort()];
  const reach = hostReach(PLAN);
  for (const { path, text } of renderMonitoring(PLAN, reach)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Only ports, and more often than once a minute.
    const here = text
      .replace(reach.certificates?.exporter ?? "", `127.0.0.1:${blackbox}`)
      .replace(/(https:\/\/[\w.]+\.poll\.internal)/g, `$1:${ports.https}`)
      .replace(/scrape_interval: 1m\n(\s+)scrape_timeout: 10s/, "scrape_interval: 1s\n$1scrape_timeout: 1s");
    writeFileSync(join(folder, path), here);
  }
  // The names are this machine's, for this program only; and it trusts Caddy's authority.
  writeFileSync(join(folder, "hosts"), `127.0.0.1 localhost ${PAGES.map((name) => `${name}.${DOMAIN}`).join(" ")}\n`);
  const alone = ["--mount", "--propagation", "private", "sh", "-ec", 'mount --bind "$0" /etc/hosts && exec "$@"', join(folder, "hosts")];
  const settings = ["--config.file=blackbox/blackbox.yml", `--web.listen-address=127.0.0.1:${blackbox}`];
  start("unshare", [...alone, "prometheus-blackbox-exporter", ...settings], { SSL_CERT_FILE: authority() });
  const places = ["--config.file=prometheus/prometheus.yml", `--storage.tsdb.path=${join(folder, "tsdb")}`];
  start("prometheus", [...places, `--web.listen-address=127.0.0.1:${prometheus}`]);

  const asked = openPrometheus(`http://127.0.0.1:${prometheus}`);
  const query = (expr: string) => asked.query(expr).catch(() => []);
  const success = 'sort(probe_success{job="certificates"})';
  await until("both pages were opened", async () => (await query(success)).join() === PAGES.map(() => 1).join(), 60_000);
  const left = await asked.query("(probe_ssl_earliest_cert_expiry - time()) / 3600");
  // Those of its own authority live for 12 hours.
  assert.ok(left.length === PAGES.length && left.every((hours) => hours > 0 && hours <= 12), String(left));
  const rules = await until("the rules were evaluated", async () => {
    const all = (await asked.rules()).filter(({ name }) => name.startsWith("Certificate"));
    return all.length > 0 && all.every(({ health }) => health !== "unknown") ? all : null;
  });
  assert.deepEqual([...new Set(rules.map(({ health }) => health))], ["ok"]);

  // What is not encrypted is no page: the module says so.
  const plain = await (await fetch(`http://127.0.0.1:${blackbox}/probe?module=http_2xx&target=${encodeURIComponent(run.voteUrl)}`)).text();
  assert.match(plain, /^probe_success 0$/m);
  await end(children[0] ?? assert.fail());
  await until("the pages are gone", async () => (await query(success)).join() === PAGES.map(() => 0).join(), 30_000);
});
