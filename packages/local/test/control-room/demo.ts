/**
 * The control room on a voting stack that is all pretence, for work on the page:
 *
 *   node --conditions=source --import tsx packages/local/test/control-room/demo.ts [PORT]
 *
 * Votes come in waves, the worker lags, killed parts come back, stopped ones stay away.
 */
import type { Plan } from "@groundplan/model";
import { startControlRoom } from "../../src/control-room/start-control-room.js";
import { component, fakeStack, metricsServer, part, pipelineOf, planWith } from "./fake-stack.js";

const counts = { accepted: 0, queued: 48_211, persisted: 47_900, visible: 47_900 };
const vote = await metricsServer(() => `votes_accepted_total{path="form"} ${counts.accepted}\nvotes_queued_total ${counts.queued}\n`);
const result = await metricsServer(() => `votes_persisted_total ${counts.persisted}\nvotes_visible_total ${counts.visible}\n`);

const plan: Plan = planWith({
  components: [
    component("db", { kind: "postgres", host: "database", port: 5432, metrics: null }),
    component("redis", { kind: "redis", host: "backend", port: 6379, metrics: null }),
    component("result", { host: "frontend", port: 5001, public: true, after: ["db"] }),
    component("vote", { host: "frontend", port: 80, public: true, after: ["redis"] }),
    component("worker", { host: "backend", port: 8000, after: ["db", "redis"] }),
  ],
  links: [
    { from: "result", to: "db", alias: "db", port: 5432, protocol: "tcp", fromHost: "frontend", toHost: "database" },
    { from: "vote", to: "redis", alias: "queue", port: 6379, protocol: "tcp", fromHost: "frontend", toHost: "backend" },
    { from: "worker", to: "db", alias: "db", port: 5432, protocol: "tcp", fromHost: "backend", toHost: "database" },
    { from: "worker", to: "redis", alias: "queue", port: 6379, protocol: "tcp", fromHost: "backend", toHost: "backend" },
  ],
  hosts: [
    { name: "frontend", subnet: "public", cidr: "10.0.1.0/24", zone: 1, bastion: true, runs: ["result", "vote"] },
    { name: "backend", subnet: "private", cidr: "10.0.2.0/24", zone: 1, bastion: false, runs: ["redis", "worker"] },
    { name: "database", subnet: "private", cidr: "10.0.2.0/24", zone: 1, bastion: false, runs: ["db"] },
  ],
  monitoring: { on: "frontend", openTo: "0.0.0.0/0", alarms: null, runbooks: "docs/runbooks" },
  pipeline: pipelineOf([
    { name: "accepted", service: "vote", metric: "votes_accepted_total" },
    { name: "queued", service: "vote", metric: "votes_queued_total" },
    { name: "persisted", service: "result", metric: "votes_persisted_total" },
    { name: "visible", service: "result", metric: "votes_visible_total" },
  ]),
});

const stack = fakeStack(plan, [
  part("db", { kind: "postgres", pid: 4101, port: 5432 }),
  part("redis", { kind: "redis", pid: null, standIn: "db" }),
  part("result", { pid: 4105, port: result.port, url: `http://127.0.0.1:${result.port}` }),
  part("vote", { pid: 4107, port: vote.port, url: `http://127.0.0.1:${vote.port}` }),
  part("worker", { status: "unhealthy", reason: "the queue is 311 ballots behind", pid: 4110, port: 8000, restarts: 2 }),
]);

let nextPid = 5_000;
stack.kill = async (name) => {
  stack.set(name, { status: "restarting", reason: "killed by SIGKILL", pid: null });
  setTimeout(() => {
    const restarts = (stack.states().find((state) => state.name === name)?.restarts ?? 0) + 1;
    if (name === "vote") counts.accepted = 0;
    stack.set(name, { status: "healthy", reason: null, pid: nextPid++, restarts });
  }, 1_500);
};
stack.stop = async (name) => stack.set(name, { status: "stopped", reason: "stopped here", pid: null });
stack.restart = async (name) => stack.set(name, { status: "healthy", reason: null, pid: nextPid++ });

const started = Date.now();
setInterval(() => {
  const seconds = (Date.now() - started) / 1_000;
  const running = (name: string) => stack.states().find((state) => state.name === name)?.pid !== null;
  const votes = Math.max(0, Math.round(40 + 120 * Math.sin(seconds / 7) + 30 * Math.random()));
  if (running("vote")) {
    counts.accepted += votes;
    counts.queued += votes;
  }
  if (running("worker")) counts.persisted += Math.min(counts.queued - counts.persisted, 180);
  if (running("result")) counts.visible = counts.persisted;

  const level = Math.random() < 0.05 ? 50 : Math.random() < 0.1 ? 40 : 30;
  const [from, msg] = [
    ["vote", "ballots accepted"] as const,
    ["worker", "batch committed"] as const,
    ["result", "pushed to the pages"] as const,
  ][Math.floor(Math.random() * 3)] ?? ["db", "checkpoint"];
  stack.print({ from, text: JSON.stringify({ level, time: Date.now(), pid: 1, hostname: "h", msg, ballots: votes, ms: 3.2 }) });
  if (Math.random() < 0.1) stack.print({ from: "db", stream: "stderr", text: "LOG:  checkpoint complete: wrote 92 buffers (0.6%)" });
}, 100);

const room = await startControlRoom(stack, { port: Number(process.argv[2] ?? 0), host: "127.0.0.1" });
process.stdout.write(`${room.url}\n`);
