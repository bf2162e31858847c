import { type Problem, type StackBuilder, stack } from "../../src/index.js";
import type { BrokenStack, LooseBuilder } from "./broken-stack.js";

const javascript = (define: (s: LooseBuilder) => void) => stack("test", define as unknown as (s: StackBuilder) => void);

const old = (at: string, message: string, found: string, now: string, more = ""): Problem => ({
  at,
  code: "OPTION_UNKNOWN",
  message,
  found,
  allowed: now,
  fix: `write ${now}${more}`,
});

const IMAGE = "an image that is built here is a value of image now";
const LOCAL = "there is no option command: a container runs what its image says, and what runs without one is local";
const IMPORTED = ', with build imported from "groundplan"';

/** What stack files said before, each with the spelling of today, and nothing that follows from it. */
export const retiredWords: readonly BrokenStack[] = [
  {
    name: "the old words of a service, all at once",
    stack: javascript((s) => {
      s.service("vote", {
        build: "./vote",
        prepare: "node ../bundle.mjs",
        command: ["node", "main.js"],
        dev: "tsx src/main.ts",
        watch: ["./ballots"],
        port: 80,
        health: "/up",
        healthCommand: "/check --quiet",
      });
      s.service("plain", { build: "./plain" });
      s.service("ready", { image: "shop:3", dev: "tsx main.ts", prepare: "npm run bundle" });
    }),
    problems: [
      old("services.vote.build", IMAGE, 'build: "./vote"', 'image: build("./vote", { before: "node ../bundle.mjs" })', IMPORTED),
      old(
        "services.vote.prepare",
        "what runs before an image is built is an option of build(...) now",
        'prepare: "node ../bundle.mjs"',
        'image: build("./vote", { before: "node ../bundle.mjs" })',
        IMPORTED,
      ),
      old("services.vote.command", LOCAL, 'command: ["node", "main.js"]', 'local: ["node", "main.js"]'),
      old(
        "services.vote.dev",
        "what runs under --watch is watch.run now",
        'dev: "tsx src/main.ts"',
        'watch: { run: "tsx src/main.ts", also: ["./ballots"] }',
      ),
      old(
        "services.vote.watch",
        "the folders that are watched are watch.also now",
        'watch: ["./ballots"]',
        'watch: { run: "tsx src/main.ts", also: ["./ballots"] }',
      ),
      old(
        "services.vote.healthCommand",
        "what asks for health inside the container is health.command now",
        'healthCommand: "/check --quiet"',
        'health: { ready: "/up", command: "/check --quiet" }',
      ),
      old("services.plain.build", IMAGE, 'build: "./plain"', 'image: build("./plain")', IMPORTED),
      old(
        "services.ready.prepare",
        "what runs before an image is built is an option of build(...) now",
        'prepare: "npm run bundle"',
        'image: build("./FOLDER", { before: "npm run bundle" })',
        IMPORTED,
      ),
      old("services.ready.dev", "what runs under --watch is watch.run now", 'dev: "tsx main.ts"', 'watch: { run: "tsx main.ts" }'),
    ],
  },
  {
    name: "the page of a service as it was asked for before",
    stack: javascript((s) => {
      const vote = s.service("vote-app", { local: "vote", port: 80, public: true });
      s.service("result", { local: "result", env: { VOTE_PAGE: s.pageOf(vote), OTHER: s.pageOf("other") } });
    }),
    problems: [
      old(
        "pageOf",
        "a public service has its page itself now",
        "s.pageOf(voteApp)",
        "voteApp.page",
        "; where voteApp is declared further down, write web.env({ VOTEAPP_PAGE: voteApp.page }) below it",
      ),
      old(
        "pageOf",
        "a public service has its page itself now",
        's.pageOf("other")',
        "other.page",
        "; where other is declared further down, write web.env({ OTHER_PAGE: other.page }) below it",
      ),
    ],
  },
  {
    name: "a pipeline as it was written before",
    stack: javascript((s) => {
      const vote: object = s.service("vote", { local: "vote", port: 80 });
      s.pipeline(
        [
          { level: "accepted", at: vote, metric: "accepted_total" },
          { level: "kept here", at: "worker", metric: "kept_total", shared: true },
        ],
        {
          lag: { at: vote, metric: "waiting", drainedBy: vote },
          latencies: [{ latency: "accept", at: vote, metric: "accept_seconds" }],
          errors: [{ error: "refused", at: vote, metric: "refused_total" }],
        },
      );
    }),
    problems: [
      old(
        "pipeline",
        "the levels of a pipeline are named in braces now, each a metric of a service",
        "s.pipeline([...])",
        's.pipeline({ levels: { accepted: vote.metric("accepted_total"), "kept here": worker.metric("kept_total", { copies: "agree" }) }, ' +
          'lag: { metric: vote.metric("waiting"), drainedBy: vote }, latency: { accept: vote.metric("accept_seconds") }, ' +
          'errors: { refused: vote.metric("refused_total") } })',
      ),
    ],
  },
];
