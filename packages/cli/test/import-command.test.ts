import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folderWith, run } from "./helpers.js";

const COMPOSE = `services:
  web:
    build: ./web
    command: node main.js --title 'it is'
    ports: ["8000:3000"]
    volumes: [./web:/app]
    environment: { DB_URL: "postgres://shop:$DB_PASS@db/shop", API_KEY: $API_KEY, SHARED: a, TITLE: $TITLE }
    env_file: web.env
  job: { build: { context: ./job }, environment: { API_KEY: $API_KEY }, depends_on: [db] }
  db: { image: "postgres:16", environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: $DB_PASS } }
`;
const FILES = { "app/compose.yaml": COMPOSE, "app/.env": "DB_PASS=from-env-file\nTITLE=Shop\n", "app/web.env": "LEVEL=debug\n" };

test("import writes a stack file that check finds valid, types included, and keeps no password", async () => {
  const folder = folderWith(FILES);
  const written = await run(folder, "import", "app/compose.yaml", "--out", "shop/stack.ts");
  assert.equal(written.code, 0, written.err);
  assert.equal(written.out, "wrote shop/stack.ts\nstack app is valid: 3 components, 2 links");
  assert.match(written.err, /^note: compose\.yaml:6 services\.web\.volumes: volumes are not carried over: \.\/web:\/app; /m);
  const text = readFileSync(join(folder, "shop/stack.ts"), "utf8");
  assert.match(text, /image: build\("\.\.\/app\/web"\),/);
  assert.match(text, /^import \{ build, stack \} from "groundplan";/);
  assert.match(text, /env: \{ LEVEL: "debug", API_KEY: apiKey, SHARED: "a", TITLE: "Shop" \}/);
  assert.doesNotMatch(text, /from-env-file/);
  const check = await run(folder, "check", "--stack", "shop");
  assert.deepEqual([check.code, check.err], [0, ""]);
  assert.match(check.out, /^stack app is valid: 3 components, 2 links, 1 host/);
});

test("import --json gives components, notes and problems on stdout", async () => {
  const folder = folderWith(FILES);
  const { code, out } = await run(folder, "import", "app/compose.yaml", "--name", "mine", "--json");
  const report = JSON.parse(out);
  assert.deepEqual([code, report.stack, report.out, report.problems], [0, "mine", "stack.ts", []]);
  assert.deepEqual(report.components[0], { name: "db", kind: "postgres" });
  assert.ok(report.notes.some((note: { line: number; at: string }) => note.line === 6 && note.at === "services.web.volumes"));

  const broken = await run(folderWith({ "c.yaml": "services: 1" }), "import", "c.yaml", "--json");
  assert.deepEqual([broken.code, JSON.parse(broken.out).problems.length], [1, 1]);
});

test("import never overwrites a file, and says so", async () => {
  const folder = folderWith({ ...FILES, "stack.ts": "mine" });
  const { code, out, err } = await run(folder, "import", "app/compose.yaml");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^groundplan: stack\.ts exists; nothing was written\n {2}fix: /);
  assert.equal(readFileSync(join(folder, "stack.ts"), "utf8"), "mine");
});

test("a file that cannot be imported leaves nothing behind, and each problem has its place", async () => {
  const folder = folderWith({
    "bad.yaml": "services:\n  a: [\n",
    "schema.yaml": "services:\n  a: { image: 5 }\n  b: { image: x, ports: 1 }\n",
  });
  mkdirSync(join(folder, "dir"));
  const cases = {
    "bad.yaml": /^bad\.yaml has 1 problem; nothing was written\n {2}bad\.yaml:3:1/,
    "schema.yaml":
      /^schema\.yaml has 2 problems; nothing was written\n {2}schema\.yaml:2 {3}services\.a\.image\n[\s\S]*schema\.yaml:3 {3}services\.b\.ports/,
    "none.yaml": /^groundplan: there is no file none\.yaml/,
    dir: /^groundplan: dir is a folder/,
  };
  for (const [file, message] of Object.entries(cases)) {
    const { code, out, err } = await run(folder, "import", file);
    assert.deepEqual([code, out], [1, ""], file);
    assert.match(err, message);
    assert.doesNotMatch(err, /^\s+at /m);
  }
  assert.equal(existsSync(join(folder, "stack.ts")), false);
});

test("wrong usage of import is told, with what is allowed", async () => {
  const folder = folderWith(FILES);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /needs <file>/],
    [["app/compose.yaml", "--out", "stack.js"], /no TypeScript file/],
    [["app/compose.yaml", "--name", "My_App"], /Allowed: 1 to 40 of a-z, 0-9 and single hyphens.*write "my-app"/],
  ];
  for (const [words, message] of cases) {
    const { code, err } = await run(folder, "import", ...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, message);
  }
});
