import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";

let run: VotingRun;
before(async () => {
  run = await startVoting();
});
after(() => run.close());

/** A browser without a script: it keeps the cookie and the form that the last page gave. */
class Person {
  #cookie = "";
  #once = "";

  async open(): Promise<number> {
    return this.#keep(await fetch(run.voteUrl, { headers: { cookie: this.#cookie } }));
  }

  async press(option: string): Promise<number> {
    const body = new URLSearchParams({ ...(this.#once !== "" && { once: this.#once }), vote: option });
    return this.#keep(await fetch(run.voteUrl, { method: "POST", headers: { cookie: this.#cookie }, body }));
  }

  /** As the ledger knows it. */
  get id(): string {
    return this.#cookie.slice("voter_id=".length, "voter_id=".length + 36);
  }

  async #keep(answer: Response): Promise<number> {
    const [cookie] = answer.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(";")[0] as string;
    this.#once = /name="once" value="([^"]+)"/.exec(await answer.text())?.[1] ?? "";
    return answer.status;
  }
}

const ballots = async (): Promise<{ id: string; voter: string }[]> => (await run.pool.query("SELECT id, voter FROM ballots")).rows;

/** How the services of the stack answer at a path, by name. */
async function asked(path: string): Promise<Record<string, number>> {
  const services = run.stack.states().filter(({ name }) => ["vote", "worker", "result"].includes(name));
  const answers = services.map(async ({ name, port }) => [name, (await fetch(`http://127.0.0.1:${port}${path}`)).status] as const);
  return Object.fromEntries(await Promise.all(answers));
}

const ALIVE = { vote: 200, worker: 200, result: 200 };

/** The ballots that were counted since, when nothing waits any more. */
async function castSince(before: readonly { id: string }[]): Promise<{ id: string; voter: string }[]> {
  await until("nothing waits", async () => /^votes_queue_held 0$/m.test(await (await fetch(`${run.voteUrl}/metrics`)).text()));
  return (await ballots()).filter(({ id }) => !before.some((other) => other.id === id));
}

for (const { who, opens } of [
  { who: "who had the page open", opens: true },
  { who: "who never saw a page before", opens: false },
]) {
  test(`three presses during an outage and one after it, of somebody ${who}, are one voter with one vote; nobody is killed for it`, async (context) => {
    if (run.redisUrl === null) return context.skip("needs redis-server");
    const before = await ballots();
    const person = new Person();
    if (opens) assert.equal(await person.open(), 200);
    await run.stack.stop("redis");
    await until("vote is not ready", async () => (await asked("/readyz")).vote === 503);
    assert.deepEqual(await asked("/livez"), ALIVE);
    for (let press = 0; press < 3; press++) assert.equal(await person.press("a"), 503);
    await run.stack.restart("redis");
    await until("all are ready", async () => JSON.stringify(Object.values(await asked("/readyz"))) === "[200,200,200]");
    assert.equal(await person.press("a"), 200);
    const cast = await castSince(before);
    assert.deepEqual(
      cast.map(({ voter }) => voter),
      [person.id],
    );
  });
}

test("without the database worker and result are not ready, and alive; vote takes votes", async () => {
  await run.stack.stop("db");
  const wanted = run.redisUrl === null ? [503, 503, 503] : [200, 503, 503];
  await until("they say so", async () => {
    const { vote, worker, result } = await asked("/readyz");
    return JSON.stringify([vote, worker, result]) === JSON.stringify(wanted);
  });
  assert.deepEqual(await asked("/livez"), ALIVE);
  await run.stack.restart("db");
  await until("all are ready", async () => JSON.stringify(Object.values(await asked("/readyz"))) === "[200,200,200]");
});

test("a request whose answer was lost counts once, however often it is sent again; with another option it is 422", async () => {
  const key = randomUUID();
  const before = await ballots();
  const { hostname, port } = new URL(run.voteUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  const body = '{"vote":"a"}';
  const head = `POST /api/votes HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nIdempotency-Key: ${key}\r\n`;
  socket.on("error", () => undefined).write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  await once(socket, "data");
  socket.destroy(); // Nobody has read it.
  const again = (option: string): Promise<Response> =>
    fetch(`${run.voteUrl}/api/votes`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ vote: option }),
    });
  const answers = await Promise.all(Array.from({ length: 5 }, () => again("a")));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
  const receipts = new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { ballot: string }).ballot)));
  assert.equal(receipts.size, 1);
  assert.equal((await again("b")).status, 422);
  const cast = await castSince(before);
  assert.deepEqual(
    cast.map(({ id }) => id),
    [...receipts].map((receipt) => receipt.slice(0, 36)),
  );
});
