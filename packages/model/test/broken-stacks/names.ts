import { build, type Problem } from "../../src/index.js";
import { byName } from "../by-name.js";
import { type BrokenStack, broken, onOneHost } from "./broken-stack.js";

const RULE = "1 to 40 of a-z, 0-9 and single hyphens, a letter first, no hyphen last; not localhost, groundplan";

const invalid = (at: string, name: string, fix: string): Problem => ({
  at,
  code: "NAME_INVALID",
  message: `"${name}" is a name that not every target can use`,
  found: `"${name}"`,
  allowed: RULE,
  fix,
});

const UNUSABLE: readonly (readonly [name: string, fix: string])[] = [
  ["Vote", 'write "vote"'],
  ["voteCount", 'write "vote-count"'],
  ["my_service", 'write "my-service"'],
  ["1st", 'write "st"'],
  ["trailing-", 'write "trailing"'],
  ["two--hyphens", 'write "two-hyphens"'],
  ["with.dot", 'write "with-dot"'],
  ["n".repeat(41), `write "${"n".repeat(40)}"`],
  ["", "choose another name"],
  ["123", "choose another name"],
  ["größe", 'write "gr-e"'],
];

export const brokenNames: readonly BrokenStack[] = [
  broken(
    "names that are no DNS labels",
    (s) => {
      for (const [name] of UNUSABLE) s.service(name, { image: build("./x") });
      // An empty name in a list counts as unreadable, so the host takes the others, and the empty one has none.
      onOneHost(s, ...UNUSABLE.map(([name]) => name).filter((name) => name !== ""));
    },
    [
      ...UNUSABLE.map(([name, fix]) => invalid(`services.${name}`, name, fix)),
      {
        at: "services.",
        code: "SERVICE_WITHOUT_HOST",
        message: '"" runs on no host',
        found: "in the runs of no host",
        allowed: "one of the hosts: main",
        fix: 'add it to the runs of a host, for example of s.host("main", ...)',
      },
    ],
  ),
  {
    name: "a stack, a host and a secret whose names no target could use",
    stack: byName("My Stack", (s) => {
      s.service("web", { image: build("./web"), env: { KEY: s.secret("Voter Key") } });
      s.host("host_a", { subnet: "public", runs: ["web"] });
    }),
    problems: [
      invalid("stack", "My Stack", 'write "my-stack"'),
      { ...invalid("hosts.host_a", "host_a", 'write "host-a"'), allowed: `${RULE}, internet, operator, all, ungrouped` },
      invalid("secrets.Voter Key", "Voter Key", 'write "voter-key"'),
    ],
  },
  broken(
    "reserved names, those of monitoring only where it is declared",
    (s) => {
      s.service("localhost", { image: build("./x") });
      s.service("grafana", { image: build("./x") });
      onOneHost(s, "localhost", "grafana");
    },
    [
      {
        at: "services.localhost",
        code: "NAME_INVALID",
        message: '"localhost" is reserved',
        found: '"localhost"',
        allowed: RULE,
        fix: "choose another name",
      },
    ],
  ),
  {
    name: "a host that has the name of what lies outside",
    stack: byName("demo", (s) => {
      s.service("operator", { image: build("./web") });
      s.host("internet", { subnet: "public", runs: ["operator"] });
    }),
    problems: [
      {
        at: "hosts.internet",
        code: "NAME_INVALID",
        message: '"internet" is reserved',
        found: '"internet"',
        allowed: `${RULE}, internet, operator, all, ungrouped`,
        fix: "choose another name",
      },
    ],
  },
  broken(
    "the names of monitoring's own programs",
    (s) => {
      s.service("grafana", { image: build("./x") });
      s.service("queue-exporter", { image: build("./x") });
      s.service("grafana-exporter", { image: build("./x") });
      s.redis("queue");
      onOneHost(s, "grafana", "queue-exporter", "grafana-exporter", "queue");
      s.monitoring({ on: "main" });
    },
    ["grafana", "queue-exporter"].map((name) => ({
      at: `services.${name}`,
      code: "NAME_INVALID",
      message: `"${name}" is reserved`,
      found: `"${name}"`,
      allowed: `${RULE}, grafana, prometheus, alertmanager, node-exporter, blackbox-exporter, queue-exporter`,
      fix: "choose another name",
    })),
  ),
  broken(
    "a name that is missing or not text",
    (s) => {
      const unnamed = s.service({ image: build("./vote") }, { image: build("./vote") });
      const secret = s.secret();
      s.service("web", { image: build("./web"), uses: {}, env: { KEY: secret } });
      s.host(undefined, { subnet: "public", runs: ["web", unnamed] });
    },
    [
      {
        at: "services[0]",
        code: "NAME_INVALID",
        message: "the name is not text",
        found: '{"image":{"build":"./vote"}}',
        allowed: "a name in quotes",
        fix: "write a name in quotes as the first argument",
      },
      {
        at: "secrets[0]",
        code: "NAME_INVALID",
        message: "the name is missing",
        found: "nothing",
        allowed: "a name in quotes",
        fix: "write a name in quotes as the first argument",
      },
      {
        at: "hosts[0]",
        code: "NAME_INVALID",
        message: "the name is missing",
        found: "nothing",
        allowed: "a name in quotes",
        fix: "write a name in quotes as the first argument",
      },
    ],
  ),
  broken(
    "names that two components, two hosts or two secrets share",
    (s) => {
      s.service("web", { image: build("./x") });
      s.service("web", { image: build("./y") });
      s.redis("web", { port: 7000 });
      s.postgres("db");
      s.secret("db-password");
      s.host("main", { subnet: "public", runs: ["web", "db"] });
      s.host("main", { subnet: "private", runs: [] });
    },
    [
      {
        at: "services.web",
        code: "NAME_TAKEN",
        message: '"web" is already the name of another one',
        found: '"web"',
        allowed: "a name that nothing else has",
        fix: "rename one of the two",
      },
      {
        at: "redis.web",
        code: "NAME_TAKEN",
        message: '"web" is already the name of services.web',
        found: '"web"',
        allowed: "a name that nothing else has",
        fix: "rename one of the two",
      },
      {
        at: "hosts.main",
        code: "NAME_TAKEN",
        message: '"main" is already the name of another one',
        found: '"main"',
        allowed: "a name that nothing else has",
        fix: "rename one of the two",
      },
      {
        at: "secrets.db-password",
        code: "NAME_TAKEN",
        message: '"db-password" is already the name of the password of postgres.db',
        found: '"db-password"',
        allowed: "a name that nothing else has",
        fix: "rename one of the two",
      },
    ],
  ),
  broken(
    "names that would be one name in variables",
    (s) => {
      s.service("web", { image: build("./x") });
      s.service("Web", { image: build("./y") });
      onOneHost(s, "web", "Web");
    },
    [
      invalid("services.Web", "Web", 'write "web"'),
      {
        at: "services.Web",
        code: "NAME_TAKEN",
        message: '"Web" differs from services.web in nothing that a variable\'s name shows',
        found: '"Web"',
        allowed: "a name that nothing else has",
        fix: "rename one of the two",
      },
    ],
  ),
];
