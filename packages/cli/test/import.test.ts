import assert from "node:assert/strict";
import { test } from "node:test";
import { checkStack } from "@groundplan/model";
import { renderStackFile } from "../src/import/import.js";
import { type ImportedStack, stackDefinition } from "../src/import/imported-stack.js";
import { type ComposeContext, parseCompose } from "../src/import/parse-compose.js";

const CONTEXT: ComposeContext = { name: null, folderName: "shop", place: ".", env: {}, envFile: () => null };

function imported(text: string, context: Partial<ComposeContext> = {}): ImportedStack {
  const result = parseCompose(text, { ...CONTEXT, ...context });
  assert.ok(!("problems" in result), JSON.stringify(result));
  assert.deepEqual(checkStack(stackDefinition(result)).problems, []);
  return result;
}

function problems(text: string) {
  const result = parseCompose(text, CONTEXT);
  assert.ok("problems" in result, "it was imported");
  return result.problems.map(({ line, column, at, message }) => [line, column, at, message]);
}

const optionsOf = (stack: ImportedStack, name: string) => stack.components.find((component) => component.name === name)?.options;
/** Line, place and text of the notes about a component. */
const notesOf = (stack: ImportedStack, name: string | null) =>
  stack.notes.filter(({ component }) => component === name).map(({ line, at, what }) => `${line} ${at}: ${what}`);

const VOTING = `services:
  vote:
    build: ./vote
    command: python app.py
    depends_on:
      redis: { condition: service_healthy }
    healthcheck: { test: [CMD, curl, -f, "http://localhost"], interval: 15s }
    volumes: [./vote:/app]
    ports: ["5000:80"]
    networks: [front, back]
  result:
    build: { context: ./result }
    depends_on: [db]
    ports: ["127.0.0.1:5001:80", "9229:9229"]
    environment: [ "VOTE_PAGE=http://localhost:5000" ]
  worker:
    build: ./worker
    depends_on: [redis, db]
  redis: { image: redis:alpine }
  db:
    image: postgres:15-alpine
    environment: { POSTGRES_USER: postgres, POSTGRES_PASSWORD: postgres }
    volumes: [db-data:/var/lib/postgresql/data]
volumes: { db-data: }
networks: { front: , back: }
`;

test("a voting app of five services keeps its links, its public pages and its databases", () => {
  const stack = imported(VOTING);
  assert.deepEqual(
    stack.components.map(({ kind, name }) => `${kind} ${name}`),
    ["redis redis", "service vote", "postgres db", "service result", "service worker"],
  );
  assert.deepEqual(optionsOf(stack, "vote"), {
    image: { build: "./vote" },
    local: "python app.py",
    port: 80,
    public: true,
    uses: { redis: "redis" },
    health: { ready: "/", command: ["curl", "-f", "http://localhost"] },
    hardened: false,
  });
  assert.deepEqual(optionsOf(stack, "result"), {
    image: { build: "./result" },
    port: 80,
    public: true,
    uses: { db: "db" },
    env: { VOTE_PAGE: { page: "vote" } },
    hardened: false,
  });
  assert.deepEqual(optionsOf(stack, "db"), { user: "postgres", database: "postgres", image: "postgres:15-alpine" });
  assert.deepEqual(notesOf(stack, "result"), ["14 services.result.ports: ports are not carried over: 9229"]);
  assert.deepEqual(notesOf(stack, "db"), [
    "22 services.db.environment.POSTGRES_PASSWORD: the password is generated, and the link gives it",
    "23 services.db.volumes: volumes are not carried over: db-data:/var/lib/postgresql/data",
  ]);
});

test("two services on one port get a host each, and a note says why", () => {
  const stack = imported(VOTING);
  assert.deepEqual(stack.hosts, [
    { name: "main", subnet: "public", runs: ["redis", "vote", "db", "worker"] },
    { name: "main-2", subnet: "public", runs: ["result"] },
  ]);
  assert.ok(notesOf(stack, null).some((note) => note.includes('result runs on the host "main-2": on "main" vote listens on 80 already')));
});

const ANCHORS = `name: Shop_App
x-common: &common
  restart: always
  environment: &env
    DATABASE_URL: postgresql://shop:\${DB_PASS}@my_db/shop
    CACHE_URL: redis://cache/0
services:
  web:
    <<: *common
    image: shop/web:\${TAG:-latest}
    environment:
      <<: *env
      SESSION_KEY: \${SESSION_KEY:?set it}
      GREETING: "costs $$5"
      JDBC: jdbc:postgresql://my_db:5432/shop
    env_file: [web.env, { path: none.env, required: false }]
    ports: [{ target: 3000, published: "80", protocol: tcp }]
    depends_on: { api: { condition: service_healthy, required: true } }
    mem_limit: 1.5g
    deploy: { replicas: "\${COPIES:-2}" }
  api:
    <<: *common
    build: ../api
    environment: { <<: *env, API_TOKEN_FILE: /run/secrets/api_token, WEB_URL: "http://web:3000" }
    expose: ["4000"]
    secrets: [api_token]
  my_db: { image: "postgres:16", environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: "\${DB_PASS}" } }
  cache: { image: "valkey/valkey:8" }
secrets: { api_token: { file: ./token } }
`;

test("anchors, merge keys, long syntax, interpolation and env_file are read", () => {
  const stack = imported(ANCHORS, {
    env: { DB_PASS: "a long password", TAG: "1.4" },
    envFile: (path) => (path === "web.env" ? { LOG_LEVEL: "debug" } : null),
  });
  assert.equal(stack.name, "shop-app");
  assert.deepEqual(optionsOf(stack, "my-db"), { user: "shop", database: "shop", image: "postgres:16" });
  assert.deepEqual(optionsOf(stack, "web"), {
    image: "shop/web:1.4",
    port: 3000,
    public: true,
    uses: { api: "api", database: "my-db", cache: "cache" },
    env: { LOG_LEVEL: "debug", SESSION_KEY: { secret: "session-key" }, GREETING: "costs $5", JDBC: "jdbc:postgresql://my-db:5432/shop" },
    replicas: 2,
    memoryMb: 1536,
  });
  assert.ok(notesOf(stack, "web").includes("5 services.web.environment.DATABASE_URL: DATABASE_URL begins with postgres:// now"));
  assert.doesNotMatch(renderStackFile(stack, "compose.yaml"), /a long password/);
});

test("a secret file that a variable leads to becomes the variable, and a link back to a user stays text", () => {
  const stack = imported(ANCHORS, { env: { DB_PASS: "x" } });
  assert.deepEqual(optionsOf(stack, "api"), {
    image: { build: "../api" },
    port: 4000,
    uses: { database: "my-db", cache: "cache" },
    env: { API_TOKEN: { secret: "api-token" }, WEB_URL: "http://web:3000" },
    hardened: false,
  });
  assert.ok(notesOf(stack, "api").some((note) => note.includes("WEB_URL names web, which uses api itself: there is no link")));
});

const BLOG = `services:
  db:
    image: mysql:8.4
    environment:
      - MYSQL_ROOT_PASSWORD=one
      - MYSQL_PASSWORD=two
      - MYSQL_ALLOW_EMPTY_PASSWORD=no
  wordpress:
    image: wordpress:6
    depends_on: [db]
    ports: [8000:80]
    environment:
      WORDPRESS_DB_HOST: db:3306
      WORDPRESS_DB_PASSWORD: two
`;

test("an image with a database of another kind is a service, and a password that two share is one secret", () => {
  const stack = imported(BLOG);
  assert.deepEqual(optionsOf(stack, "db"), {
    image: "mysql:8.4",
    port: 3306,
    env: {
      MYSQL_ROOT_PASSWORD: { secret: "mysql-root-password" },
      MYSQL_PASSWORD: { secret: "mysql-password" },
      MYSQL_ALLOW_EMPTY_PASSWORD: "no",
    },
    memoryMb: 1024,
  });
  assert.deepEqual(optionsOf(stack, "wordpress"), {
    image: "wordpress:6",
    port: 80,
    public: true,
    uses: { db: "db" },
    env: { WORDPRESS_DB_HOST: "db:3306", WORDPRESS_DB_PASSWORD: { secret: "mysql-password" } },
    memoryMb: 512,
  });
  assert.match(notesOf(stack, "db")[1] ?? "", /^6 services\.db\.environment\.MYSQL_PASSWORD: .* the secret "mysql-password"$/);
});

test("what a stack has nothing for is told with its line, unknown keys included", () => {
  const stack = imported(`services:
  app:
    image: app:1
    profiles: [debug]
    devices: ["/dev/null:/dev/null"]
    imagee: x
    x-mine: y
    restart: "no"
    depends_on: [job]
  job: { image: job:1 }
includ: [other.yaml]
`);
  assert.deepEqual(notesOf(stack, "app"), [
    "4 services.app.profiles: profiles is not carried over",
    "5 services.app.devices: devices is not carried over",
    "6 services.app.imagee: imagee is not carried over",
    "8 services.app.restart: it is started again whenever it ends",
    "9 services.app.depends_on: there is no link to job, since the file says no port of it",
  ]);
  assert.ok(notesOf(stack, null).includes("11 includ: includ is not carried over"));
});

test("the stack file is laid out as if by hand, its notes beside what they are about", () => {
  assert.match(
    renderStackFile(imported(BLOG), "compose.yaml"),
    /^import \{ stack \} from "groundplan";\n\n\/\/ From compose\.yaml\..*\n(\/\/ .*\n)+export default stack\("shop", \(s\) => \{\n {2}const mysqlPassword = s\.secret\("mysql-password"\);\n\n {2}\/\/ compose\.yaml:5 MYSQL_ROOT_PASSWORD .*/,
  );
  const text = renderStackFile(imported("services: { class: { image: 'nginx:1', environment: { A: 'say \"hi\"' } } }"), "c.yaml");
  assert.match(text, /\n {2}s\.service\("class", \{ image: "nginx:1", port: 80, env: \{ A: 'say "hi"' \} \}\);\n\}\);\n$/);
  for (const line of renderStackFile(imported(VOTING), "compose.yaml").split("\n")) assert.ok(line.length <= 140, line);
});

test("broken YAML is told by line and column", () => {
  assert.deepEqual(problems("services:\n  a:\n    image: x\n   b: y\n")[0]?.slice(0, 3), [4, 1, "b: y"]);
  assert.match(String(problems("services:\n  a: { image: x }\n  a: { image: y }\n")[0]?.[3]), /unique/);
});

test("a file that is no Compose file, or has no service, is told as such", () => {
  assert.match(String(problems("a: 1")[0]?.[3]), /no Compose file/);
  assert.match(String(problems("")[0]?.[3]), /no Compose file/);
  assert.match(String(problems("apiVersion: v1\nkind: Pod\n")[0]?.[3]), /Kubernetes/);
  assert.match(String(problems("services: {}")[0]?.[3]), /no service/);
  assert.match(String(problems("services: { a: { extends: { service: b } } }")[0]?.[3]), /neither build nor image/);
});

test("what the schema refuses is told with its place and what is allowed there", () => {
  const text = "services:\n  a:\n    image: [x]\n    ports: 5\n    depends_on: { a: { condition: soon } }\n";
  assert.deepEqual(problems(text), [
    [3, null, "services.a.image", "a list does not fit here (allowed: string)"],
    [4, null, "services.a.ports", "5 does not fit here (allowed: array)"],
    [
      5,
      null,
      "services.a.depends_on.a.condition",
      '"soon" does not fit here (allowed: "service_started", "service_healthy", "service_completed_successfully")',
    ],
  ]);
});

test("cycles, unknown services and open braces are problems", () => {
  assert.deepEqual(problems("services:\n  a: { image: x, depends_on: [b] }\n  b: { image: x, depends_on: [a, zz] }\n"), [
    [3, null, "services.b.depends_on", "b depends on zz, which is no service of the file (services: a, b)"],
    [2, null, "services.a.depends_on", "these services wait for each other, so none can start first: a -> b -> a"],
  ]);
  assert.match(String(problems("services: { a: { image: '$' } }")[0]?.[3]), /a \$ stands alone/);
});

test("names that are no DNS labels are changed, each to one of its own", () => {
  const stack = imported("services: { My_App: { image: x }, my-app: { image: x }, groundplan: { image: x }, '1': { image: x } }");
  assert.deepEqual(
    stack.components.map(({ name }) => name),
    ["service", "my-app-2", "my-app", "groundplan-app"],
  );
  assert.deepEqual(notesOf(stack, "my-app-2"), ["1 services.My_App: My_App is now my-app-2"]);
});

test("a variable that a link would change keeps its value: the link gets another alias", () => {
  const stack = imported(`services:
  web:
    build: ./web
    depends_on: [db]
    environment: { DB_NAME: somewhere-else }
  db:
    image: postgres:17
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: x }
`);
  const web = optionsOf(stack, "web") as { uses: Record<string, string>; env: Record<string, unknown> };
  assert.deepEqual([web.uses, web.env.DB_NAME], [{ dbLink: "db" }, "somewhere-else"]);
});
