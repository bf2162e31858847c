/** What keeps a command from doing its work and is no bug: its sentence is shown, without a stack. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  /** 1: it failed; 2: it was called wrongly. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** A request that got no answer. */
export class NoAnswer extends Failure {
  override readonly name = "NoAnswer";
  /** Whether the request may have reached the service all the same. */
  readonly mayHaveArrived: boolean;

  constructor(sentence: string, mayHaveArrived: boolean) {
    super(1, sentence);
    this.mayHaveArrived = mayHaveArrived;
  }
}
