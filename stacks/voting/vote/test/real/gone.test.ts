import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { until } from "@groundplan/testing";
import { createApp, type NewBallot } from "@voting/ballots";
import { pino } from "pino";
import { MemoryQueue } from "../memory-queue.js";
import { addVote } from "../vote-app.js";

/** A queue that keeps its callers waiting until the test lets go. */
class SlowQueue extends MemoryQueue {
  readonly #held: (() => void)[] = [];
  #isHolding = true;
  underWay = 0;

  override async enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    this.underWay++;
    if (this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
    return super.enqueue(ballots);
  }

  release(): void {
    this.#isHolding = false;
    for (const go of this.#held) go();
  }
}

const VOTES = {
  form: "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nvote=a",
  JSON: 'POST /api/votes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"vote":"a"}',
};

for (const [form, bytes] of Object.entries(VOTES)) {
  for (const leave of ["destroy", "resetAndDestroy"] as const) {
    test(`a ${form} vote whose client is gone before its batch leaves is not queued (${leave})`, async () => {
      const queue = new SlowQueue();
      const app = createApp(pino({ level: "silent" }));
      const { registry } = await addVote(app, queue);
      await app.listen({ port: 0, host: "127.0.0.1" });
      after(() => app.close());
      const port = (app.server.address() as AddressInfo).port;
      const cast = async (): Promise<Socket> => {
        const socket = connect({ port, host: "127.0.0.1" });
        socket.on("error", () => undefined);
        await once(socket, "connect");
        socket.write(bytes);
        return socket;
      };
      const held = () => new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)));

      // So many batches may be under way; what comes then waits.
      const first: Socket[] = [];
      for (let batches = 1; batches <= 3; batches++) {
        first.push(await cast());
        await until("the batch is under way", async () => queue.underWay === batches);
      }
      const [gone, stays] = [await cast(), await cast()];
      await until("all are read", async () => /^votes_waiting 2$/m.test(await registry.metrics()));
      gone[leave]();
      await until("the service knows", async () => (await held()) === 4);
      queue.release();
      const answers = await Promise.all([...first, stays].map((socket) => once(socket, "data")));
      for (const answer of answers) assert.match(String(answer), /^HTTP\/1\.1 20[02] /);
      assert.equal(queue.ballots.length, 4);
      assert.match(await registry.metrics(), /^votes_refused_total\{reason="gone"\} 1$/m);
      for (const socket of [...first, stays]) socket.destroy();
    });
  }
}
