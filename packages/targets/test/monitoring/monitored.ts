import { build, type Plan, planOf, stack } from "@groundplan/model";
import { hostReach, type MonitoringReach } from "../../src/index.js";
import { PLANS } from "../golden.js";

/** The smallest stack with monitoring: one host, one service, no database, no pipeline. */
const hello = planOf(
  stack("hello", (s) => {
    const web = s.service("web", { image: build("./web"), port: 80, public: true, metrics: "/metrics" });
    s.host("main", { subnet: "public", runs: [web] });
    s.monitoring({
      alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587", from: "alarms@example.com", user: "alarms" },
    });
  }),
);

/** All on one host, monitoring too; nobody gets alarms, and the runbooks are on a web site. */
const singleHost = planOf(
  stack("single-host", (s) => {
    const db = s.postgres("db");
    const cache = s.redis("cache");
    const shop = s.service("shop", { image: build("./shop"), port: 80, public: true, uses: { db, cache }, metrics: "/metrics" });
    s.host("main", { subnet: "public", runs: [db, cache, shop] });
    s.monitoring({ runbooks: "https://git.example.com/shop/docs/runbooks/" });
  }),
);

/** With a domain, so that public pages have certificates. */
const secure = planOf(
  stack("secure", (s) => {
    const web = s.service("web", { image: build("./web"), port: 8000, public: true, metrics: "/metrics" });
    const api = s.service("api", { image: build("./api"), port: 8001, metrics: "/metrics" });
    s.host("main", { subnet: "public", runs: [web, api] });
    s.aws({ domain: "poll.example.com" });
    s.monitoring();
  }),
);

/** Stacks with monitoring, by the names of their golden files. */
export const MONITORED: Readonly<Record<"voting" | "awkward" | "hello" | "single-host" | "secure", Plan>> = {
  voting: planNamed("voting"),
  awkward: planNamed("awkward"),
  hello,
  "single-host": singleHost,
  secure,
};

export const VOTING = MONITORED.voting;

/** Where every rule there is applies: the voting stack with certificates, alarms by SNS. */
export const WITH_ALL: MonitoringReach = {
  ...hostReach(VOTING, { kind: "sns", topicArn: "arn:aws:sns:eu-central-1:123456789012:voting-alarms", region: "eu-central-1" }),
  certificates: { exporter: "frontend:9115", pages: [{ service: "vote", url: "https://vote.poll.example.com" }] },
};

function planNamed(name: string): Plan {
  const plan = PLANS[name];
  if (plan === undefined) throw new Error(`there is no sample stack ${name}`);
  return plan;
}
