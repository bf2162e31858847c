import type { BallotQueue, NewBallot, QueueTotals } from "@voting/ballots";

/** A queue for tests of what stands before it. */
export class MemoryQueue implements BallotQueue {
  readonly ballots: NewBallot[] = [];
  readonly #firstOptions = new Map<string, string>();
  down = false;

  async enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    await this.check();
    const leftOut = ballots.filter((ballot) => !this.#takes(ballot));
    this.ballots.push(...ballots.filter((ballot) => !leftOut.includes(ballot)));
    return leftOut;
  }

  async totals(): Promise<QueueTotals> {
    await this.check();
    return { added: this.ballots.length, held: this.ballots.length, retained: 0 };
  }

  async check(): Promise<void> {
    if (this.down) throw new Error("the test has the queue down");
  }

  async close(): Promise<void> {}

  #takes({ voteKey, option }: NewBallot): boolean {
    if (voteKey === undefined) return true;
    const first = this.#firstOptions.get(voteKey) ?? option;
    this.#firstOptions.set(voteKey, first);
    return first === option;
  }
}
