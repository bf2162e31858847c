import { build, type Secret, type StackBuilder, stack } from "../src/index.js";

/**
 * What cannot be right cannot be written: `tsc -p tsconfig.test.json` fails where one of these lines passes the type checker. What
 * `checkStack` says of them, for those who write JavaScript, is in broken-stacks/.
 */
export function notWritable(s: StackBuilder): void {
  const db = s.postgres("db");
  const redis = s.redis("redis", { standIn: db });
  const job = s.service("job", { local: "run-jobs" });
  const api = s.service("api", { image: build("./api"), port: 8000 });
  const web = s.service("web", { image: build("./web"), port: 80, public: true, uses: { queue: redis, db, api } });
  const main = s.host("main", { subnet: "public", runs: [db, redis, job, api, web] });

  // @ts-expect-error A component is given by its constant: a name would be checked by nobody.
  s.service("a", { local: "a", uses: { queue: "redsi" } });
  // @ts-expect-error Nothing listens there.
  s.service("b", { local: "b", uses: { job } });
  // @ts-expect-error A host is no component.
  s.service("c", { local: "c", uses: { main } });
  // @ts-expect-error It only looks like one.
  s.service("d", { local: "d", uses: { db: { kind: "postgres", name: "db" } } });
  // @ts-expect-error Nobody could reach it: it has no port.
  s.service("e", { local: "e", public: true });
  // @ts-expect-error Nobody could ask it: it has no port.
  s.service("f", { local: "f", health: "/healthz" });
  // @ts-expect-error Nobody could read them: it has no port.
  s.service("g", { local: "g", metrics: "/metrics" });
  // @ts-expect-error There is no such option.
  s.service("h", { local: "h", prot: 80 });
  // @ts-expect-error What a container runs is no option yet; what runs without one is `local`.
  s.service("i", { image: build("./i"), command: "node main.js" });
  // @ts-expect-error An image is a name, or built by build(...).
  s.service("j", { image: { build: "./j" } });
  // @ts-expect-error The secret of a stack comes from s.secret.
  s.service("k", { local: "k", env: { KEY: { secret: "key" } } });
  // @ts-expect-error Variables are text.
  s.service("l", { local: "l", env: { LIMIT: 5 } });
  // @ts-expect-error Only a public service has a page.
  s.service("m", { local: "m", env: { API_PAGE: api.page } });
  // @ts-expect-error A service without a port has no metrics.
  job.metric("jobs_total");
  // @ts-expect-error Only PostgreSQL can stand in for Redis.
  s.redis("n", { standIn: redis });
  // @ts-expect-error A host runs components, by their constants.
  s.host("o", { subnet: "public", runs: ["web"] });
  // @ts-expect-error Monitoring runs on a host, by its constant.
  s.monitoring({ on: "main" });
  // @ts-expect-error Levels have names.
  s.pipeline([{ level: "in", at: web, metric: "in_total" }]);
  // @ts-expect-error A level is a metric, not its name.
  s.pipeline({ levels: { in: "in_total" } });
  // @ts-expect-error Copies agree or are added up.
  s.pipeline({ levels: { in: web.metric("in_total", { copies: "agreed" }) } });
  // @ts-expect-error Latencies are always added up.
  s.pipeline({ levels: {}, latency: { all: web.metric("all_seconds", { copies: "agree" }) } });
  // @ts-expect-error A database does not work off anything.
  s.pipeline({ levels: {}, lag: { metric: web.metric("waiting"), drainedBy: db } });
  // @ts-expect-error A page is asked of its service.
  s.pageOf(web);
}

/** And what can be right can be written. */
export const writable = stack("test", (s) => {
  const copies: number = 2;
  const node = { local: "node dist/main.js", watch: { run: "tsx src/main.ts", also: ["./shared"] } };
  const key: Secret = s.secret("key");
  const cache = s.redis("cache");
  const vote = s.service("vote", {
    ...node,
    image: build("./vote", { before: "make" }),
    port: 80,
    public: true,
    replicas: copies,
    env: { KEY: key },
  });
  const result = s.service("result", {
    ...node,
    image: "result:1",
    port: 81,
    public: true,
    env: { VOTE_PAGE: vote.page },
    uses: { vote, cache },
  });
  vote.env({ RESULT_PAGE: result.page });
  const worker = s.service("worker", { ...node, health: { command: "/check" }, metrics: false });
  s.service("api", { image: "api:1", port: 82, health: { ready: "/readyz", live: "/livez" } });
  s.pipeline({
    levels: { in: vote.metric("in_total"), out: result.metric("out_total", { copies: "agree" }) },
    lag: { metric: vote.metric("waiting"), drainedBy: worker },
  });
});
