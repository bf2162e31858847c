import { build, type Problem, stack } from "../../src/index.js";
import { type BrokenStack, broken } from "./broken-stack.js";

const noCommand = (at: string, found: string): Problem => ({
  at,
  code: "OPTION_INVALID",
  message: "local is not a command line with its quotes closed, or a list of words",
  found,
  allowed: "a command line with its quotes closed, or a list of words",
  fix: 'write a command line with its quotes closed, or a list of words, for example local: "node dist/main.js"',
});

const noComponent = (at: string, found: string): Problem => ({
  at,
  code: "OPTION_INVALID",
  message: "this is not a component of the stack",
  found,
  allowed: "what s.service, s.redis or s.postgres returns",
  fix: "write a component",
});

const noImage = (at: string, found: string): Problem => ({
  at,
  code: "OPTION_INVALID",
  message: "image is not the name of an image, or build(...)",
  found,
  allowed: "the name of an image, or build(...)",
  fix: 'write the name of an image, or build(...), for example image: build("./vote")',
});

const noWholeNumber = (component: string, option: string, found: string, range: string, example: number): Problem => ({
  at: `${component}.${option}`,
  code: "OPTION_INVALID",
  message: `${option} is not a whole number from ${range}`,
  found,
  allowed: `a whole number from ${range}`,
  fix: `write a whole number from ${range}, for example ${option}: ${example}`,
});

export const brokenOptions: readonly BrokenStack[] = [
  broken(
    "an unknown option with the nearest known one",
    (s) => {
      s.service("vote", { image: build("./vote"), prot: 80 });
      s.host("main", { subnet: "public", runs: ["vote"], zzz: 1 });
    },
    [
      {
        at: "services.vote.prot",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "prot" here',
        found: '"prot"',
        allowed: "image, local, watch, port, public, uses, env, health, metrics, replicas, hardened, internet, stopSeconds, memoryMb",
        fix: "write port",
      },
      {
        at: "hosts.main.zzz",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "zzz" here',
        found: '"zzz"',
        allowed: "subnet, runs",
        fix: "remove zzz",
      },
    ],
  ),
  broken(
    "a value of the wrong type, and nothing that follows from it",
    (s) => {
      s.service("vote", { image: build("./vote"), port: "80", public: true, watch: { also: "./shared" } });
      s.service("result", { image: build("./result"), port: Number.NaN, public: "yes", uses: { vote: "vote" } });
      s.host("main", { subnet: "public", runs: ["vote", "result"] });
    },
    [
      {
        at: "services.vote.watch.also",
        code: "OPTION_INVALID",
        message: "also is not a list of folders relative to the stack file",
        found: '"./shared"',
        allowed: "a list of folders relative to the stack file",
        fix: 'write a list of folders relative to the stack file, for example also: ["./shared"]',
      },
      {
        at: "services.vote.port",
        code: "OPTION_INVALID",
        message: "port is not a number",
        found: '"80"',
        allowed: "a number",
        fix: "write a number, for example port: 8000",
      },
      {
        at: "services.result.port",
        code: "OPTION_INVALID",
        message: "port is not a number",
        found: "NaN",
        allowed: "a number",
        fix: "write a number, for example port: 8000",
      },
      {
        at: "services.result.public",
        code: "OPTION_INVALID",
        message: "public is not true or false",
        found: '"yes"',
        allowed: "true or false",
        fix: "write true or false, for example public: true",
      },
    ],
  ),
  broken(
    "an absolute folder, an open quote, a path without a slash and a database name that needs quoting",
    (s) => {
      s.service("vote", { image: build("/home/me/vote"), local: 'node "main.js', port: 80, health: "healthz" });
      s.postgres("db", { database: "my-db" });
      s.host("main", { subnet: "public", runs: ["vote", "db"] });
    },
    [
      {
        at: "services.vote.image",
        code: "OPTION_INVALID",
        message: "build takes a folder relative to the stack file",
        found: '"/home/me/vote"',
        allowed: "a folder relative to the stack file",
        fix: 'write one, for example build("./vote")',
      },
      noCommand("services.vote.local", '"node \\"main.js"'),
      {
        at: "services.vote.health",
        code: "OPTION_INVALID",
        message: 'health is not a path that begins with "/"',
        found: '"healthz"',
        allowed: 'a path that begins with "/"',
        fix: 'write a path that begins with "/", for example health: "/healthz"',
      },
      {
        at: "postgres.db.database",
        code: "OPTION_INVALID",
        message:
          "database is not a PostgreSQL name of a-z, 0-9 and _ (1 to 63, no digit first; template0, template1, public, none and pg_... are its own)",
        found: '"my-db"',
        allowed: "a PostgreSQL name of a-z, 0-9 and _ (1 to 63, no digit first; template0, template1, public, none and pg_... are its own)",
        fix: 'write a PostgreSQL name of a-z, 0-9 and _ (1 to 63, no digit first; template0, template1, public, none and pg_... are its own), for example database: "app"',
      },
    ],
  ),
  broken(
    "options, links, variables and lists that are something else altogether",
    (s) => {
      s.redis("cache", "6379");
      s.service("vote", { image: build("./vote"), uses: ["cache"], env: "A=1" });
      s.host("main", { subnet: "middle", runs: "vote" });
      s.host("rest", { runs: ["vote", "cache", undefined] });
    },
    [
      {
        at: "redis.cache",
        code: "OPTION_INVALID",
        message: "the options are not an object",
        found: '"6379"',
        allowed: "an object",
        fix: "write the options in braces: { name: value }",
      },
      {
        at: "services.vote.uses",
        code: "OPTION_INVALID",
        message: "the links are not an object",
        found: '["cache"]',
        allowed: "an object",
        fix: "write the links in braces: { name: value }",
      },
      {
        at: "services.vote.env",
        code: "OPTION_INVALID",
        message: "the variables are not an object",
        found: '"A=1"',
        allowed: "an object",
        fix: "write the variables in braces: { name: value }",
      },
      {
        at: "hosts.main.subnet",
        code: "OPTION_INVALID",
        message: 'subnet is not "public" or "private"',
        found: '"middle"',
        allowed: '"public" or "private"',
        fix: 'write "public" or "private", for example subnet: "private"',
      },
      {
        at: "hosts.main.runs",
        code: "OPTION_INVALID",
        message: "this is not a list",
        found: '"vote"',
        allowed: "a list",
        fix: "write a list, for example runs: [vote]",
      },
      {
        at: "hosts.rest.subnet",
        code: "OPTION_INVALID",
        message: "subnet is missing",
        found: "nothing",
        allowed: '"public" or "private"',
        fix: 'write "public" or "private", for example subnet: "private"',
      },
      {
        at: "hosts.rest.runs[2]",
        code: "OPTION_INVALID",
        message: "this is not a component of the stack",
        found: "undefined",
        allowed: "what s.service, s.redis or s.postgres returns",
        fix: "declare it above this line, and write the constant that s.service, s.redis or s.postgres returns",
      },
    ],
  ),
  broken(
    "a link to a host, a number as a variable, and a service called without options",
    (s) => {
      const main = s.host("main", { subnet: "public", runs: ["vote", "bare"] });
      s.service("vote", { image: build("./vote"), uses: { main }, env: { LIMIT: 5, NOTHING: null } });
      s.service("bare");
    },
    [
      {
        at: "services.vote.uses.main",
        code: "OPTION_INVALID",
        message: "this is not a component of the stack",
        found: 'host "main"',
        allowed: "what s.service, s.redis or s.postgres returns",
        fix: "write a component",
      },
      {
        at: "services.vote.env.LIMIT",
        code: "OPTION_INVALID",
        message: "the value of LIMIT is neither text nor a secret nor a page",
        found: "5",
        allowed: "text, a secret of the stack, or the page of a public service",
        fix: 'write it in quotes: "5"',
      },
      {
        at: "services.vote.env.NOTHING",
        code: "OPTION_INVALID",
        message: "the value of NOTHING is neither text nor a secret nor a page",
        found: "null",
        allowed: "text, a secret of the stack, or the page of a public service",
        fix: 'write text in quotes, or s.secret("name")',
      },
      {
        at: "services.bare",
        code: "SERVICE_WITHOUT_SOURCE",
        message: 'nothing says what "bare" runs',
        found: "neither image nor local",
        allowed: "image, or local, or both",
        fix: 'add the folder of its Dockerfile, for example image: build("./bare")',
      },
    ],
  ),
  broken(
    "links in a Map, a variable that JSON cannot show, and a command that is a function",
    (s) => {
      const circular: { self?: unknown } = {};
      circular.self = circular;
      s.service("vote", { image: build("./vote"), uses: new Map([["db", "db"]]), env: { LIMIT: circular, BIG: 5n }, local: () => "node" });
      s.host("main", { subnet: "public", runs: ["vote"] });
    },
    [
      noCommand("services.vote.local", "a function"),
      {
        at: "services.vote.uses",
        code: "OPTION_INVALID",
        message: "the links are not an object",
        found: "a Map",
        allowed: "an object",
        fix: "write the links in braces: { name: value }",
      },
      {
        at: "services.vote.env.LIMIT",
        code: "OPTION_INVALID",
        message: "the value of LIMIT is neither text nor a secret nor a page",
        found: "an object",
        allowed: "text, a secret of the stack, or the page of a public service",
        fix: 'write text in quotes, or s.secret("name")',
      },
      {
        at: "services.vote.env.BIG",
        code: "OPTION_INVALID",
        message: "the value of BIG is neither text nor a secret nor a page",
        found: "5",
        allowed: "text, a secret of the stack, or the page of a public service",
        fix: 'write text in quotes, or s.secret("name")',
      },
    ],
  ),
  broken(
    "commands without a word, or with something that is none",
    (s) => {
      const commands = { none: [], empty: ["", "x"], number: ["node", 5], blank: " " };
      for (const [name, command] of Object.entries(commands)) s.service(name, { local: command });
      s.host("main", { subnet: "public", runs: Object.keys(commands) });
    },
    [
      noCommand("services.none.local", "[]"),
      noCommand("services.empty.local", '["","x"]'),
      noCommand("services.number.local", '["node",5]'),
      noCommand("services.blank.local", '" "'),
    ],
  ),
  broken(
    "links to values that only look like components",
    (s) => {
      const uses = {
        nothing: null,
        kind: { kind: "service" },
        name: { name: "db" },
        other: { kind: "queue", name: "db" },
        empty: "",
        number: 5,
      };
      s.service("vote", { image: build("./vote"), uses });
      s.host("main", { subnet: "public", runs: ["vote"] });
    },
    [
      noComponent("services.vote.uses.nothing", "null"),
      noComponent("services.vote.uses.kind", '{"kind":"service"}'),
      noComponent("services.vote.uses.name", '{"name":"db"}'),
      noComponent("services.vote.uses.other", 'queue "db"'),
      noComponent("services.vote.uses.empty", '""'),
      noComponent("services.vote.uses.number", "5"),
    ],
  ),
  broken(
    "health and metrics of a service that cannot be asked",
    (s) => {
      s.service("job", { local: "run-jobs", health: "/up", metrics: "/metrics" });
      s.host("main", { subnet: "public", runs: ["job"] });
    },
    [
      {
        at: "services.job.health",
        code: "OPTION_INVALID",
        message: "health needs a port to be asked on",
        found: '"/up" and no port',
        allowed: "health together with port",
        fix: "add the port that it listens on, for example port: 8000, or remove health",
      },
      {
        at: "services.job.metrics",
        code: "OPTION_INVALID",
        message: "metrics needs a port to be asked on",
        found: '"/metrics" and no port',
        allowed: "metrics together with port",
        fix: "add the port that it listens on, for example port: 8000, or remove metrics",
      },
    ],
  ),
  broken(
    "copies and memory that are no whole numbers in range",
    (s) => {
      s.service("vote", { image: build("./vote"), replicas: 0, memoryMb: "256" });
      s.service("result", { image: build("./result"), replicas: 1.5, hardened: "no", internet: 1, health: { command: "" } });
      s.redis("redis", { memoryMb: 8, image: "" });
      s.host("main", { subnet: "public", runs: ["vote", "result", "redis"] });
    },
    [
      noWholeNumber("services.vote", "replicas", "0", "1 to 100", 2),
      noWholeNumber("services.vote", "memoryMb", '"256"', "16 to 1048576", 256),
      {
        ...noCommand("services.result.health.command", '""'),
        message: "command is not a command line with its quotes closed, or a list of words",
        fix: 'write a command line with its quotes closed, or a list of words, for example command: "/mailpit readyz"',
      },
      noWholeNumber("services.result", "replicas", "1.5", "1 to 100", 2),
      {
        at: "services.result.hardened",
        code: "OPTION_INVALID",
        message: "hardened is not true or false",
        found: '"no"',
        allowed: "true or false",
        fix: "write true or false, for example hardened: true",
      },
      {
        at: "services.result.internet",
        code: "OPTION_INVALID",
        message: "internet is not true or false",
        found: "1",
        allowed: "true or false",
        fix: "write true or false, for example internet: true",
      },
      {
        at: "redis.redis.image",
        code: "OPTION_INVALID",
        message: "image is not text",
        found: '""',
        allowed: "text",
        fix: 'write text, for example image: "redis:7.2.7-bookworm"',
      },
      noWholeNumber("redis.redis", "memoryMb", "8", "16 to 1048576", 512),
    ],
  ),
  broken(
    "images that are none, and what an image is built with",
    (s) => {
      s.service("vote", { image: { build: "./vote" } });
      s.service("blank", { image: " " });
      s.service("odd", { image: build("./odd", { befor: "make", before: "" } as object) });
      s.service("none", { image: build(undefined as never) });
    },
    [
      noImage("services.vote.image", '{"build":"./vote"}'),
      noImage("services.blank.image", '" "'),
      {
        at: "services.odd.image.befor",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "befor" here',
        found: '"befor"',
        allowed: "before",
        fix: "write before",
      },
      {
        ...noCommand("services.odd.image.before", '""'),
        message: "before is not a command line with its quotes closed, or a list of words",
        fix: 'write a command line with its quotes closed, or a list of words, for example before: "npm run bundle"',
      },
      {
        at: "services.none.image",
        code: "OPTION_INVALID",
        message: "build takes a folder relative to the stack file",
        found: "undefined",
        allowed: "a folder relative to the stack file",
        fix: 'write one, for example build("./vote")',
      },
    ],
  ),
  broken("a stack without a component", () => {}, [
    {
      at: "stack",
      code: "OPTION_INVALID",
      message: "the stack declares no component",
      found: "no s.service, s.redis or s.postgres",
      allowed: "at least one component",
      fix: 'declare one, for example s.service("web", { image: build("./web"), port: 80, public: true })',
    },
  ]),
  broken("an async function, whose later declarations would be lost", async () => {}, [
    {
      at: "stack",
      code: "OPTION_INVALID",
      message: "the function that declares the stack is async, so what follows its first await is lost",
      found: "an async function",
      allowed: "a function that declares everything before it returns",
      fix: "remove async, and await what the stack needs above it, at the top of the file",
    },
  ]),
  {
    name: "a stack without a function",
    stack: stack("test", undefined as never),
    problems: [
      {
        at: "stack",
        code: "OPTION_INVALID",
        message: "nothing describes the stack",
        found: "undefined",
        allowed: "a function that declares the stack",
        fix: 'write stack("name", (s) => { ... })',
      },
    ],
  },
];
