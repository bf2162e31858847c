import type { Ballot, BallotQueue, QueueTotals } from "@voting/ballots";

/** A queue for tests of what stands before it. */
export class MemoryQueue implements BallotQueue {
  readonly ballots: Ballot[] = [];
  down = false;

  async enqueue(ballots: readonly Ballot[]): Promise<void> {
    await this.check();
    this.ballots.push(...ballots);
  }

  async totals(): Promise<QueueTotals> {
    await this.check();
    return { added: this.ballots.length, held: this.ballots.length, retained: 0 };
  }

  async check(): Promise<void> {
    if (this.down) throw new Error("the test has the queue down");
  }

  async close(): Promise<void> {}
}
