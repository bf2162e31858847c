import { build } from "../../src/index.js";
import { type BrokenStack, broken, onOneHost } from "./broken-stack.js";

export const brokenEnv: readonly BrokenStack[] = [
  broken(
    "variables whose names no shell takes",
    (s) => {
      s.service("vote", { image: build("./vote"), env: { "OPTION-A": "Cats", "9LIVES": "yes", "": "x" } });
      onOneHost(s, "vote");
    },
    [
      {
        at: "services.vote.env.OPTION-A",
        code: "ENV_NAME_INVALID",
        message: '"OPTION-A" cannot be the name of a variable',
        found: '"OPTION-A"',
        allowed: "letters, digits and _, no digit first",
        fix: "write OPTION_A",
      },
      {
        at: "services.vote.env.9LIVES",
        code: "ENV_NAME_INVALID",
        message: '"9LIVES" cannot be the name of a variable',
        found: '"9LIVES"',
        allowed: "letters, digits and _, no digit first",
        fix: "write _9LIVES",
      },
      {
        at: "services.vote.env.",
        code: "ENV_NAME_INVALID",
        message: '"" cannot be the name of a variable',
        found: '""',
        allowed: "letters, digits and _, no digit first",
        fix: "choose another name",
      },
    ],
  ),
  broken(
    "variables that a link or the port gives already",
    (s) => {
      const db = s.postgres("db");
      s.service("vote", { image: build("./vote"), port: 80, uses: { db }, env: { DB_PASSWORD: "hunter2", PORT: "8080" } });
      onOneHost(s, "db", "vote");
    },
    [
      {
        at: "services.vote.env.DB_PASSWORD",
        code: "ENV_TAKEN_BY_LINK",
        message: "DB_PASSWORD is given by services.vote.uses.db",
        found: "DB_PASSWORD",
        allowed: "any name but DB_HOST, DB_NAME, DB_PASSWORD, DB_PASSWORD_FILE, DB_PORT, DB_URL, DB_URL_FILE, DB_USER, PORT",
        fix: "remove it, or rename the link or this variable",
      },
      {
        at: "services.vote.env.PORT",
        code: "ENV_TAKEN_BY_LINK",
        message: "PORT is given by services.vote.port",
        found: "PORT",
        allowed: "any name but DB_HOST, DB_NAME, DB_PASSWORD, DB_PASSWORD_FILE, DB_PORT, DB_URL, DB_URL_FILE, DB_USER, PORT",
        fix: "remove it, and write the number as services.vote.port",
      },
    ],
  ),
  broken(
    "the variable of a secret's file, which Swarm gives",
    (s) => {
      const key = s.secret("key");
      const db = s.postgres("db");
      s.service("vote", { image: build("./vote"), uses: { store: db }, env: { KEY: key, KEY_FILE: "/key", STORE_URL_FILE: "/url" } });
      onOneHost(s, "db", "vote");
    },
    [
      {
        at: "services.vote.env.KEY_FILE",
        code: "ENV_TAKEN_BY_LINK",
        message: "KEY_FILE is given by services.vote.env.KEY",
        found: "KEY_FILE",
        allowed:
          "any name but KEY_FILE, PORT, STORE_HOST, STORE_NAME, STORE_PASSWORD, STORE_PASSWORD_FILE, STORE_PORT, STORE_URL, STORE_URL_FILE, STORE_USER",
        fix: "remove it, or rename the link or this variable",
      },
      {
        at: "services.vote.env.STORE_URL_FILE",
        code: "ENV_TAKEN_BY_LINK",
        message: "STORE_URL_FILE is given by services.vote.uses.store",
        found: "STORE_URL_FILE",
        allowed:
          "any name but KEY_FILE, PORT, STORE_HOST, STORE_NAME, STORE_PASSWORD, STORE_PASSWORD_FILE, STORE_PORT, STORE_URL, STORE_URL_FILE, STORE_USER",
        fix: "remove it, or rename the link or this variable",
      },
    ],
  ),
  broken(
    "a secret that the stack does not ask for",
    (s) => {
      s.secret("voter-key");
      s.service("vote", { image: build("./vote"), env: { VOTER_KEY: { secret: "voter-kye" } } });
      s.host("main", { subnet: "public", runs: ["vote"] });
    },
    [
      {
        at: "services.vote.env.VOTER_KEY",
        code: "SECRET_UNKNOWN",
        message: '"voter-kye" is not a secret of this stack',
        found: '"voter-kye"',
        allowed: "voter-key",
        fix: 'write "voter-key", or add a secret named "voter-kye"',
      },
    ],
  ),
  broken(
    "the page of a service that nobody outside can open",
    (s) => {
      s.service("vote", { image: build("./vote"), env: { RESULT_PAGE: { page: "results" } } });
      s.service("result", { image: build("./result"), port: 80, public: true });
      const admin: { page: string } = s.service("admin", { image: build("./admin"), port: 81 });
      const vote: { env(variables: object): void } = s.service("vote-two", { image: build("./vote") });
      vote.env({ ADMIN_PAGE: admin.page });
    },
    [
      {
        at: "services.vote.env.RESULT_PAGE",
        code: "PAGE_UNKNOWN",
        message: '"results" is not a public service of this stack',
        found: '"results"',
        allowed: "result",
        fix: 'write "result", or add a public service named "results"',
      },
      {
        at: "services.vote-two.env.ADMIN_PAGE",
        code: "PAGE_UNKNOWN",
        message: '"admin" is not a public service of this stack',
        found: '"admin"',
        allowed: "result",
        fix: 'add a public service named "admin"',
      },
    ],
  ),
];
