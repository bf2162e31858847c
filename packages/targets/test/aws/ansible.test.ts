import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type Plan, planOf, stack } from "@groundplan/model";
import { parse } from "yaml";
import { ansibleComponents } from "../../src/aws/ansible/ansible-component.js";
import { triedConnections } from "../../src/aws/ansible/connections.js";
import { jinjaLiteral } from "../../src/aws/ansible/jinja.js";
import { renderAnsible } from "../../src/aws/ansible/render-ansible.js";
import { assertGolden, PLANS } from "../golden.js";
import { planned } from "../rendered.js";

const voting = PLANS.voting ?? assert.fail();
const awkward = PLANS.awkward ?? assert.fail();

const textOf = (plan: Plan, path: string): string =>
  renderAnsible(plan).files.find((file) => file.path === `ansible/${path}`)?.text ?? assert.fail(path);

const optionsOf = (plan: Plan, component: string): readonly string[] =>
  ansibleComponents(plan).find(({ name }) => name === component)?.options ?? assert.fail(component);

/** Those that follow from the stack; the others are the same for every one. */
const GOLDEN = /group_vars|env\/|deploy-|cloudwatch\/|setup-cloudwatch|stop-all|rollback|site\.yml|inventory\.yml|README/;

test("what follows from a stack is written as in the golden files", () => {
  for (const [name, plan] of Object.entries({ voting, awkward })) {
    const files = renderAnsible(plan).files.filter(({ path }) => GOLDEN.test(path));
    assert.ok(files.length > 12);
    for (const { path, text } of files) assertGolden(`aws-${name}/${path}`, text);
  }
});

test("there is every playbook that an operator looks for", () => {
  const playbooks = renderAnsible(voting).files.flatMap(({ path }) => /^ansible\/playbooks\/(.+)\.yml$/.exec(path)?.[1] ?? []);
  const expected = ["deploy-vote", "deploy-worker", "deploy-redis", "deploy-database", "deploy-result", "install-docker"];
  for (const name of [...expected, "test-connectivity", "check-logs", "stop-all", "rollback"]) assert.ok(playbooks.includes(name), name);
});

test("site.yml deploys each component after what it uses, and stop-all stops it before", () => {
  for (const plan of Object.values(PLANS)) {
    const running = ansibleComponents(plan).map(({ name }) => name);
    const order = (path: string, pattern: RegExp): readonly string[] =>
      [...textOf(plan, path).matchAll(pattern)].map(([, name]) => name ?? "");
    const stopped = order("playbooks/stop-all.yml", /component: "?([\w-]+)/g);
    assert.deepEqual([...stopped].reverse(), running);
    const imported = order("site.yml", /import_playbook: (\S+)/g).filter(
      (path) => path.includes("deploy-") && !path.includes("monitoring"),
    );
    const deployed = imported.map((path) => /component: "?([\w-]+)/.exec(textOf(plan, path))?.[1]);
    assert.deepEqual(deployed, running);
  }
});

test("every YAML file is read alike by readers of YAML 1.1 and 1.2", () => {
  for (const plan of Object.values(PLANS)) {
    for (const { path, text } of renderAnsible(plan).files.filter((file) => file.path.endsWith(".yml"))) {
      const customTags = [{ tag: "!unsafe", resolve: (value: string) => value }];
      assert.deepEqual(parse(text, { version: "1.1", customTags }), parse(text, { version: "1.2", customTags }), path);
    }
  }
});

test("a container finds what it uses by the private address of its host, and publishes its own port on that address only", () => {
  assert.deepEqual(
    optionsOf(voting, "worker").filter((option) => /add-host|publish/.test(option)),
    [
      "--publish={{ hostvars['backend'].private_ip }}:8000:8000",
      "--add-host=redis:{{ hostvars['backend'].private_ip }}",
      "--add-host=db:{{ hostvars['database'].private_ip }}",
    ],
  );
});

test("a port that nobody opens is not published", () => {
  const plan = planned("test", (s) => [s.service("job", { image: build("./job"), port: 8000, metrics: false }).name]);
  assert.deepEqual(
    optionsOf(plan, "job").filter((option) => option.startsWith("--publish")),
    [],
  );
});

test("a hardened service is read-only and without capabilities; a database keeps its data in a folder that must be there", () => {
  for (const option of ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true"])
    assert.ok(optionsOf(voting, "vote").includes(option));
  assert.ok(!optionsOf(awkward, "a").includes("--read-only"));
  assert.ok(optionsOf(voting, "db").includes("--mount=type=bind,source={{ data_folder }}/db,target=/var/lib/postgresql/data"));
});

test("no secret is in a file but secrets.env, which git ignores", () => {
  const { files, secretFiles } = renderAnsible(voting);
  assert.deepEqual(
    secretFiles.map(({ path, form }) => [path, form]),
    [["ansible/secrets.env", "env"]],
  );
  assert.match(textOf(voting, ".gitignore"), /^secrets\.env$/m);
  assert.match(textOf(voting, "env/worker.env.j2"), /^DB_URL=postgres:\/\/app:\{\{ secrets\['DB_PASSWORD'\] \}\}@db:5432\/app$/m);
  assert.deepEqual(renderAnsible(PLANS.minimal ?? assert.fail()).secretFiles, []);
  assert.ok(files.length > 0);
});

test("an author's braces are no expression of Ansible's, and a value of several lines is an option of its own", () => {
  assert.equal(jinjaLiteral("{{ a }} {% b %} {# c #} {d}"), "{{ '{{' }} a }} {{ '{%' }} b %} {{ '{#' }} c #} {d}");
  assert.match(
    textOf(awkward, "env/a.env.j2"),
    /^QUOTED=It's "quoted", with \$DOLLARS, #hash, \\backslash and \{\{ '\{\{' \}\} braces \}\}$/m,
  );
  assert.ok(optionsOf(awkward, "a").includes("--env=LINES=first line\nsecond line: with a colon"));
  assert.ok(!textOf(awkward, "env/a.env.j2").includes("LINES"));
});

test("names that YAML takes for something else than text are quoted", () => {
  const plan = planned("test", (s) => [
    s.service("no", { image: build("./no"), port: 80, public: true }).name,
    s.service("y", { image: build("./y") }).name,
  ]);
  for (const name of ["no", "y"]) {
    const [play] = parse(textOf(plan, `playbooks/deploy-${name}.yml`), { version: "1.1" }) as [
      { vars: { component: string }; tags: string[] },
    ];
    assert.deepEqual([play.vars.component, play.tags], [name, ["deploy", name]]);
  }
});

test("the connections that are tried are those of the rules: every link, and between hosts what may and what may not", () => {
  const tried = triedConnections(voting);
  const verdict = (from: string, to: string, port: number): boolean | undefined =>
    tried.find((each) => (each.as === undefined || each.as === null ? each.from === from && each.to === to && each.port === port : false))
      ?.open;
  assert.equal(verdict("frontend", "backend", 6379), true);
  assert.equal(verdict("database", "backend", 6379), false);
  assert.equal(verdict("backend", "frontend", 22), false);
  assert.equal(verdict("backend", "frontend", 80), false, "anybody may come in, and backend may not go out");
  const links = tried.filter(({ as }) => as !== null).map(({ as, to, port }) => `${as} ${to} ${port}`);
  assert.deepEqual(links.sort(), ["result database 5432", "vote backend 6379", "worker backend 6379", "worker database 5432"]);
});

test("what runs once, and what runs nowhere, is said", () => {
  assert.deepEqual(renderAnsible(voting).notes, ["vote and worker run once: a host publishes a port for one container"]);
  assert.match(renderAnsible(awkward).notes[0] ?? "", /background-job-without-a-port has no image/);
});

test("the only PostgreSQL is called database, unless a component has that name", () => {
  const plan = planned("test", (s) => [s.postgres("db").name, s.service("database", { image: build("./database") }).name]);
  assert.match(textOf(plan, "playbooks/deploy-db.yml"), /component: db$/m);
  assert.match(textOf(plan, "playbooks/deploy-database.yml"), /component: database$/m);
});

test("with a domain, a proxy on each host with public services takes their HTTPS, and keeps its certificates", () => {
  const plan = planOf(
    stack("poll", (s) => {
      const db = s.postgres("db");
      const vote = s.service("vote", { image: build("./vote"), port: 8080, public: true, uses: { db } });
      const result = s.service("result", { image: build("./result"), port: 5001, public: true, uses: { db } });
      s.host("frontend", { subnet: "public", runs: [vote, result] });
      s.host("database", { subnet: "private", runs: [db] });
      s.aws({ domain: "poll.example.com" });
    }),
  );
  const proxies = ansibleComponents(plan).filter(({ name }) => name.startsWith("https-"));
  assert.deepEqual(
    proxies.map(({ name, host, data }) => [name, host, data]),
    [["https-frontend", "frontend", "{{ data_folder }}/https-frontend"]],
  );
  const address = "{{ hostvars['frontend'].private_ip }}";
  assert.ok(optionsOf(plan, "https-frontend").includes(`--publish=${address}:443:443`));
  const caddyfile = `vote.poll.example.com {\n\treverse_proxy ${address}:8080\n}\n\nresult.poll.example.com {\n\treverse_proxy ${address}:5001\n}\n`;
  assert.ok(optionsOf(plan, "https-frontend").includes(`--env=CADDYFILE=${caddyfile}`), optionsOf(plan, "https-frontend").join("\n"));
  assert.match(textOf(plan, "site.yml"), /playbooks\/deploy-https-frontend\.yml/);
});
