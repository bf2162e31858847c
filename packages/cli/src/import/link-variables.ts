import { planOf, renderEnv, stack } from "@groundplan/model";
import type { Draft } from "./draft.js";
import { databaseNames } from "./read-database.js";

/** Stands for a password: whatever it was, the link gives the one that is generated. */
const PASSWORD = "\0";

/** The variables that a link of this alias gives, as containers have them; the model says it. */
export function linkVariables(alias: string, target: Draft): ReadonlyMap<string, string> {
  const plan = planOf(
    stack("probe", (s) => {
      const port = target.port ?? 0;
      if (target.kind === "redis") s.redis("target", { port });
      else if (target.kind === "postgres") s.postgres("target", { port, ...databaseNames(target.service) });
      else s.service("target", { command: "target", port });
      s.service("probe", { command: "probe", uses: { [alias]: "target" } });
      s.host("main", { subnet: "public", runs: ["target", "probe"] });
    }),
  );
  const env = plan.components.find(({ name }) => name === "probe")?.env ?? {};
  const naming = { host: () => target.service.name, port: () => target.port ?? 0, secret: () => PASSWORD, page: () => "" };
  return new Map(Object.entries(renderEnv(env, naming)));
}

/** Whether a program finds the same under the value that a link gives. */
export function isSame(given: string, text: string): boolean {
  const [before = "", after] = given.split(PASSWORD);
  const wanted = normal(text);
  if (after === undefined) return wanted === given;
  const password = wanted.slice(before.length, wanted.length - after.length);
  return wanted.startsWith(before) && wanted.endsWith(after) && before.length + after.length <= wanted.length && !/[@/]/.test(password);
}

/** One form for addresses that mean the same: the usual ports, and Redis' database 0. */
function normal(text: string): string {
  return text
    .replace(/^postgresql:\/\//, "postgres://")
    .replace(/^(postgres:\/\/(?:[^@/]*@)?[\w.-]+)(?=\/|$)/, "$1:5432")
    .replace(/^(redis:\/\/[\w.-]+)(?=\/|$)/, "$1:6379")
    .replace(/^(redis:\/\/[\w.-]+:\d+)\/0?$/, "$1");
}
