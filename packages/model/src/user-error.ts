/** One thing the user can put right, in the shape of a stack's problems: what is wrong, what to do about it. */
export interface UserProblem {
  /** What is wrong, and where: one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** Lines that show it, for example the last lines that a service printed. */
  readonly detail?: readonly string[];
}

/**
 * The stack cannot do what was asked for reasons the user can put right. Its message is complete and made to be
 * shown without a stack trace; any other error is a bug and deserves its trace.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** All problems found, not only the first. */
  readonly problems: readonly UserProblem[];

  constructor(problems: UserProblem | readonly UserProblem[], options?: ErrorOptions) {
    const list = "message" in problems ? [problems] : problems;
    super(list.map(renderProblem).join("\n"), options);
    this.problems = list;
  }
}

function renderProblem(problem: UserProblem): string {
  const detail = (problem.detail ?? []).map((line) => `    ${line}`);
  return [problem.message, ...detail, `  fix: ${problem.fix}`].join("\n");
}
