import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { PartState } from "@groundplan/local";
import { freePort } from "@groundplan/testing";
import { folderWith } from "../helpers.js";

/** Node finds the program's source, wherever it is started. */
const NODE_OPTIONS = ["--conditions=source", "--import", import.meta.resolve("tsx")];
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** A stack of two programs, the second of which uses the first. `READY_AFTER_MS` keeps the first from becoming healthy. */
const FILES = {
  "stack.ts": `import { stack } from "groundplan";

export default stack("pair", (s) => {
  const back = s.service("back", { local: "node server.js", port: 8000, env: { READY_AFTER_MS: "200" } });
  const front = s.service("front", { local: "node server.js", port: 80, public: true, uses: { back } });
  s.host("one", { subnet: "public", runs: [front, back] });
});
`,
  "server.js": `import { createServer } from "node:http";
const readyAt = Date.now() + Number(process.env.READY_AFTER_MS ?? 0);
createServer((request, response) => {
  response.statusCode = request.url === "/healthz" && Date.now() < readyAt ? 503 : 200;
  response.end("hello");
}).listen(process.env.PORT, () => console.log("listening"));
process.on("SIGTERM", () => process.exit(0));
`,
};

interface Run {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves when the text was printed on that stream. */
  until(stream: "out" | "err", text: string | RegExp): Promise<void>;
  ended(): Promise<number | null>;
}

const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
});

function up(folder: string, ...words: string[]): Run {
  const child = spawn(process.execPath, [...NODE_OPTIONS, MAIN, "up", ...words], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const texts = { out: "", err: "" };
  const exit = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  child.stdout?.on("data", (chunk) => {
    texts.out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    texts.err += chunk;
  });
  return {
    child,
    out: () => texts.out,
    err: () => texts.err,
    async until(stream, text) {
      const source = stream === "out" ? child.stdout : child.stderr;
      const isThere = () => (typeof text === "string" ? texts[stream].includes(text) : text.test(texts[stream]));
      while (!isThere()) {
        const ended = await Promise.race([exit.then(() => true), once(source ?? child, "data").then(() => false)]);
        if (ended && !isThere()) throw new Error(`ended before it printed ${text}:\n${texts.err}${texts.out}`);
      }
    },
    ended: () => exit,
  };
}

test("up starts the parts in order, says where they are, and ends everything on Ctrl-C", async () => {
  const folder = folderWith(FILES);
  const [front, room] = [await freePort(), await freePort()];
  const run = up(folder, "--port", `front=${front}`, "--control-room-port", String(room));
  await run.until("out", "Ctrl-C stops everything");

  assert.match(run.out(), new RegExp(`front +http://127\\.0\\.0\\.1:${front}\\n +control room +http://127\\.0\\.0\\.1:${room}\\n`));
  const order = ["front waits for back", "back starts", "back is healthy after", "front starts", "front is healthy after"];
  const places = order.map((text) => run.err().indexOf(text));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
    run.err(),
  );
  assert.ok(places[0] !== -1 && new Set(places).size === order.length, run.err());
  assert.match(run.err(), /^front +\| listening$/m);

  const response = await fetch(`http://127.0.0.1:${room}/api/state`);
  const state = (await response.json()) as { parts: PartState[] };
  assert.deepEqual(
    state.parts.map((part) => `${part.name} ${part.status}`),
    ["back healthy", "front healthy"],
  );
  assert.equal(await (await fetch(`http://127.0.0.1:${front}/`)).text(), "hello");

  run.child.kill("SIGINT");
  assert.equal(await run.ended(), 0);
  assert.match(run.err(), /pair has stopped\n$/);
  await assert.rejects(fetch(`http://127.0.0.1:${front}/`));
  await assert.rejects(fetch(`http://127.0.0.1:${room}/`));
});

test("SIGTERM in the middle of a start ends it cleanly", async () => {
  const folder = folderWith({ ...FILES, "stack.ts": FILES["stack.ts"].replace('"200"', '"60000"') });
  const run = up(folder, "--port", `front=${await freePort()}`, "--no-control-room");
  await run.until("err", "listening");
  run.child.kill("SIGTERM");
  assert.equal(await run.ended(), 0);
  assert.equal(run.out(), "");
  assert.match(run.err(), /pair has stopped\n$/);
});

test("up --json prints one object when everything is healthy, and --quiet hides what services print", async () => {
  const folder = folderWith(FILES);
  const front = await freePort();
  const run = up(folder, "--json", "--quiet", "--no-control-room", "--data", join(folder, "data"), "--port", `front=${front}`);
  await run.until("out", "\n");
  const summary = JSON.parse(run.out());
  assert.deepEqual([summary.stack, summary.controlRoom, summary.parts[1].url], ["pair", null, `http://127.0.0.1:${front}`]);
  assert.doesNotMatch(run.err(), /listening/);
  run.child.kill("SIGTERM");
  assert.equal(await run.ended(), 0);
});

test("a stack that cannot start says why without a stack trace, and exits 1", async () => {
  const folder = folderWith({ ...FILES, "stack.ts": FILES["stack.ts"].replaceAll("node server.js", "no-such-program server.js") });
  const run = up(folder, "--no-control-room", "--port", `front=${await freePort()}`);
  assert.equal(await run.ended(), 1);
  assert.equal(run.out(), "");
  assert.match(run.err(), /no-such-program/);
  assert.doesNotMatch(run.err(), /^\s+at /m);
});
