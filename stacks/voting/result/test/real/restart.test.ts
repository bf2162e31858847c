import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Databases, freePort, startDatabases, until } from "@groundplan/testing";
import { StreamClient } from "./stream-client.js";

/** Compiled, as the stack runs it. */
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
/** Starting takes a second; on a machine that is busy with other tests, many. */
const START_LIMIT_MS = 60_000;
const VIEWERS = 20;

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: false });
});
after(() => databases.close());

test("when the service restarts every viewer is sent away, comes back when it was told to, and sees the newest results", async () => {
  const port = await freePort();
  const database = await databases.connect();
  const viewers: ReturningViewer[] = [];
  let service = startService(port);
  try {
    await untilHealthy(port);
    for (let n = 0; n < VIEWERS; n++) viewers.push(new ReturningViewer(port));
    await until("all see the results", () => viewers.every(({ newestTotal }) => newestTotal === 0));

    service.kill("SIGTERM");
    await until("the service ends", () => service.exitCode !== null);
    assert.equal(service.exitCode, 0);
    await database.query("INSERT INTO votes (id, vote) VALUES ('while-it-was-away', 'a')");

    service = startService(port);
    await until("all see the vote", () => viewers.every(({ newestTotal }) => newestTotal === 1), START_LIMIT_MS);
    assert.ok(
      viewers.every(({ hints }) => hints.length === 2),
      "somebody was not told when to come back, first and last",
    );
    assert.ok(new Set(viewers.map(({ hints }) => hints[1])).size > 1, "all were told to come back in the same instant");
  } finally {
    for (const viewer of viewers) viewer.leave();
    service.kill("SIGKILL");
  }
});

function startService(port: number): ChildProcess {
  const env = {
    ...process.env,
    DB_URL: databases.databaseUrl,
    VOTER_KEY: "a key that is long enough for a test",
    OPTION_A: "Cats",
    OPTION_B: "Dogs",
    PORT: String(port),
    HOST: "127.0.0.1",
  };
  return spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "ignore", "inherit"] });
}

async function untilHealthy(port: number): Promise<void> {
  await until("the service is healthy", async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok, START_LIMIT_MS);
}

/** Does what a browser does with the stream: opens it again when it ends, as long after as the last hint said. */
class ReturningViewer {
  readonly #port: number;
  #client: StreamClient | null = null;
  #isLeaving = false;
  /** Of all streams so far. */
  readonly hints: number[] = [];

  constructor(port: number) {
    this.#port = port;
    void this.#watch();
  }

  get newestTotal(): number | undefined {
    return this.#client?.totals.at(-1);
  }

  leave(): void {
    this.#isLeaving = true;
    this.#client?.socket.destroy();
  }

  async #watch(): Promise<void> {
    while (!this.#isLeaving) {
      try {
        const client = await StreamClient.open(this.#port);
        this.#client = client;
        await once(client.socket, "close");
        this.hints.push(...client.retryHints);
      } catch {
        // The service is away.
      }
      if (!this.#isLeaving) await sleep(this.hints.at(-1));
    }
  }
}
