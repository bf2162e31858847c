import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { folderWith, run } from "./helpers.js";

const SHOP = `import { stack } from "groundplan";

export default stack("shop", (s) => {
  const db = s.postgres("db");
  const web = s.service("web", { local: "node web.js", port: 8000, public: true, uses: { db } });
  const job = s.service("job", { local: "node job.js" });
  s.host("edge", { subnet: "public", runs: [web] });
  s.host("inner", { subnet: "private", runs: [db, job] });
});
`;
const UNLINKED = SHOP.replace(", uses: { db }", "");
const WITH_OPEN_MONITORING = SHOP.replace('s.host("edge"', 'const edge = s.host("edge"').replace(
  "runs: [db, job] });",
  "runs: [db, job] });\n  s.monitoring({ on: edge });",
);

const TABLE = `FROM      TO        PORT  PROTOCOL  BECAUSE OF
internet  edge      8000  tcp       public service web
operator  edge      22    tcp       bastion
operator  edge      8000  tcp       public service web
edge      inner     22    tcp       bastion
edge      inner     5432  tcp       link web -> db
edge      internet  443   tcp       every host
inner     internet  443   tcp       every host`;

test("reach prints every connection with what it follows from", async () => {
  assert.deepEqual(await run(folderWith({ "stack.ts": SHOP }), "reach"), { code: 0, out: TABLE, err: "" });
});

test("reach --from and --to take hosts and components: a component stands for its host and port", async () => {
  const folder = folderWith({ "stack.ts": SHOP });
  const toDb = await run(folder, "reach", "--to", "db");
  assert.deepEqual(toDb, {
    code: 0,
    out: `FROM  TO     PORT  PROTOCOL  BECAUSE OF
edge  inner  5432  tcp       link web -> db

the internet does not reach inner on port 5432: no ingress rule of inner lets in the internet on port 5432 (only edge)
the operator does not reach inner on port 5432: no ingress rule of inner lets in the operator on port 5432 (only edge)`,
    err: "",
  });
  const lines = async (...words: string[]) => (await run(folder, "reach", ...words)).out.split("\n").slice(1);
  assert.deepEqual(await lines("--from", "web", "--to", "inner"), [
    "edge  inner  22    tcp       bastion",
    "edge  inner  5432  tcp       link web -> db",
  ]);
  assert.deepEqual(await lines("--port", "22"), ["operator  edge   22    tcp       bastion", "edge      inner  22    tcp       bastion"]);
});

test("reach says why a connection is refused, and that what stays on a host needs no rule", async () => {
  const folder = folderWith({ "stack.ts": SHOP });
  const out = async (...words: string[]) => (await run(folder, "reach", ...words)).out;
  assert.equal(
    await out("--from", "db", "--to", "edge", "--port", "22"),
    "inner does not reach edge on port 22: no egress rule of inner lets it out to edge on port 22; no ingress rule of edge lets in inner on port 22 (only operator_cidr)",
  );
  assert.equal(await out("--from", "job", "--to", "db"), "both are on host inner: what stays on a host needs no rule and is let through");
  assert.equal(await out("--port", "4711"), "nobody reaches anything that fits the question");
});

test("reach --hops goes on from every host that is reached, and names those on the way", async () => {
  const folder = folderWith({ "stack.ts": SHOP });
  const { out } = await run(folder, "reach", "--from", "internet", "--to", "db", "--hops", "2");
  assert.equal(out, "FROM      VIA   TO     PORT  PROTOCOL  BECAUSE OF\ninternet  edge  inner  5432  tcp       link web -> db");
});

test("reach --json has the rules that let each connection through, and the reasons of a refusal", async () => {
  const folder = folderWith({ "stack.ts": SHOP });
  const given = JSON.parse((await run(folder, "reach", "--to", "db", "--json")).out);
  assert.deepEqual(Object.keys(given), ["stack", "reaches", "refused", "sameHost", "warnings"]);
  const purpose = "PostgreSQL from web";
  assert.deepEqual(given.reaches, [
    {
      from: "edge",
      to: "inner",
      port: 5432,
      protocol: "tcp",
      via: [],
      causes: [{ kind: "link", text: "link web -> db" }],
      because: [
        { group: "edge", direction: "egress", port: 5432, protocol: "tcp", source: { group: "inner" }, purpose },
        { group: "inner", direction: "ingress", port: 5432, protocol: "tcp", source: { group: "edge" }, purpose },
      ],
    },
  ]);
  assert.deepEqual(given.refused[0], {
    from: "internet",
    to: "inner",
    port: 5432,
    why: ["no ingress rule of inner lets in the internet on port 5432 (only edge)"],
  });
});

test("reach warns on stderr, and fails for a warning only with --check", async () => {
  const folder = folderWith({ "stack.ts": WITH_OPEN_MONITORING });
  const { code, out, err } = await run(folder, "reach", "--from", "internet");
  assert.equal(code, 0);
  assert.match(out, /^internet +edge +3000 +tcp +monitoring$/m);
  assert.match(err, /^warning: MONITORING_OPEN the rules open Grafana to the world: port 3000 of edge\n {2}fix: narrow it/);
  assert.equal((await run(folder, "reach", "--check")).code, 1);
  assert.equal((await run(folderWith({ "stack.ts": SHOP }), "reach", "--check")).code, 0);

  const asJson = await run(folder, "reach", "--json", "--check");
  assert.deepEqual([asJson.code, asJson.err], [1, ""]);
  assert.deepEqual(
    JSON.parse(asJson.out).warnings.map((warning: { code: string }) => warning.code),
    ["MONITORING_OPEN", "MONITORING_OPEN"],
  );
});

test("reach --diff tells what opens and what closes against another version, as a folder or a file", async () => {
  const folder = folderWith({ "stack.ts": SHOP, "before/stack.ts": UNLINKED });
  for (const other of ["before", "before/stack.ts"]) {
    const { code, out } = await run(folder, "reach", "--diff", other);
    assert.deepEqual(
      [code, out],
      [0, "CHANGE  FROM  TO     PORT  PROTOCOL  BECAUSE OF\nopens   edge  inner  5432  tcp       link web -> db"],
    );
  }
  const back = await run(folder, "reach", "--stack", "before", "--diff", ".");
  assert.match(back.out, /^closes +edge +inner +5432 +tcp +link web -> db$/m);
  assert.equal((await run(folder, "reach", "--diff", "before", "--from", "inner")).out, "no connection opens or closes");
  const given = JSON.parse((await run(folder, "reach", "--diff", "before", "--json")).out);
  assert.deepEqual([Object.keys(given), given.opens.length, given.closes], [["stack", "opens", "closes", "stays", "warnings"], 1, []]);
});

test("reach --diff takes a name that only one of the versions has", async () => {
  const folder = folderWith({ "stack.ts": SHOP, "before/stack.ts": SHOP.replaceAll('"db"', '"store"').replaceAll('"inner"', '"cellar"') });
  const lines = async (name: string) => (await run(folder, "reach", "--diff", "before", "--to", name)).out.split("\n").slice(1);
  assert.deepEqual(await lines("db"), ["opens   edge  inner  5432  tcp       link web -> db"]);
  assert.deepEqual(await lines("store"), ["closes  edge  cellar  5432  tcp       link web -> store"]);
});

test("reach --since compares with a revision of git, beside today's packages, and leaves nothing behind", async (context) => {
  const folder = folderWith({
    "stacks/shop/stack.ts": UNLINKED.replace("8000", "PORT").replace("export", 'import { PORT } from "./port.ts";\nexport'),
  });
  writeFileSync(join(folder, "stacks/shop/port.ts"), "export const PORT = 8000;\n");
  writeFileSync(join(folder, ".gitignore"), "node_modules\n");
  const git = (...words: string[]) =>
    spawnSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...words], { cwd: folder, encoding: "utf8" });
  if (git("init", "--quiet").error !== undefined) return context.skip("needs git");
  assert.equal(git("add", ".").status, 0);
  assert.equal(git("commit", "--quiet", "--message", "before").status, 0);
  writeFileSync(join(folder, "stacks/shop/stack.ts"), SHOP);
  assert.equal(git("commit", "--quiet", "--all", "--message", "after").status, 0);
  const temporary = mkdtempSync(join(tmpdir(), "groundplan-since-test-"));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = temporary;
  context.after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(temporary, { recursive: true });
  });

  const words = ["reach", "--stack", "stacks/shop", "--since"];
  const { code, out, err } = await run(folder, ...words, "HEAD~1");
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(out, "CHANGE  FROM  TO     PORT  PROTOCOL  BECAUSE OF\nopens   edge  inner  5432  tcp       link web -> db");

  assert.equal((await run(folder, ...words, "HEAD")).out, "no connection opens or closes");

  const unknown = await run(folder, ...words, "nix");
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /^groundplan: git cannot give the stack of revision "nix": .*\n {2}fix: name a commit/);
  assert.deepEqual(
    readdirSync(temporary).filter((name) => name.startsWith("groundplan")),
    [],
  );
});

test("the version before is shown with its problems when it has some", async () => {
  const folder = folderWith({ "stack.ts": SHOP, "before/stack.ts": SHOP.replace("runs: [web]", "runs: []") });
  const { code, out, err } = await run(folder, "reach", "--diff", "before");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^the version before \(before\): stack\.ts has 1 problem\n {2}services\.web.* SERVICE_WITHOUT_HOST/);
});

test("reach refuses what it cannot answer, and names what it could", async () => {
  const folder = folderWith({ "stack.ts": SHOP });
  for (const [words, said] of [
    [["--to", "dbb"], /"dbb" is no host and no component .*internet, operator, edge, inner, .*db.*\. Did you mean "db"\?/],
    [["--to", "job"], /--to names a component that listens on no port/],
    [["--from", "operator", "--to", "internet"], /operator and internet are both outside/],
    [["--to", "operator"], /nobody serves anything at the operator's address/],
    [["--port", "0"], /--port is a whole number from 1 to 65535, not "0"/],
    [["--hops", "many"], /--hops is a whole number from 1 to 9, not "many"/],
    [["--diff", ".", "--since", "HEAD"], /--diff and --since both name the version before/],
    [["--diff", ".", "--hops", "2"], /--hops does not go with --diff/],
  ] as const) {
    const { code, out, err } = await run(folder, "reach", ...words);
    assert.deepEqual([code, out], [2, ""], words.join(" "));
    assert.match(err, said);
  }
  assert.match((await run(folder, "reach", "--to", "job", "--port", "22")).out, /^edge +inner +22/m);
});
