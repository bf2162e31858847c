/** One thing wrong with a stack, in a form that tells how to put it right. */
export interface Problem {
  /** A path to search for in the stack file, for example `services.vote.uses.redis`. */
  readonly at: string;
  /** A stable code; docs/problems.md has a section for each. */
  readonly code: ProblemCode;
  /** What is wrong, one sentence without the place. */
  readonly message: string;
  readonly found: string;
  readonly allowed: string;
  readonly fix: string;
}

export type ProblemCode = (typeof PROBLEM_CODES)[number];

export const PROBLEM_CODES = [
  "STACK_FILE_MISSING",
  "STACK_FILE_NO_DEFAULT_EXPORT",
  "STACK_FILE_NOT_A_STACK",
  "STACK_FILE_TYPE_ERROR",
  "STACK_FILE_THROWS",
  "NAME_INVALID",
  "NAME_TAKEN",
  "LINK_TARGET_UNKNOWN",
  "LINK_TARGET_HAS_NO_PORT",
  "LINK_ALIAS_INVALID",
  "LINK_CYCLE",
  "OPTION_UNKNOWN",
  "OPTION_INVALID",
  "PORT_INVALID",
  "PORT_TAKEN",
  "PUBLIC_WITHOUT_PORT",
  "PUBLIC_ON_PRIVATE_HOST",
  "ENV_NAME_INVALID",
  "ENV_TAKEN_BY_LINK",
  "SECRET_UNKNOWN",
  "PAGE_UNKNOWN",
  "SERVICE_WITHOUT_HOST",
  "SERVICE_ON_TWO_HOSTS",
  "SERVICE_WITHOUT_SOURCE",
  "HOST_RUNS_UNKNOWN",
  "NO_BASTION",
  "STAND_IN_INVALID",
  "MONITORING_HOST_UNKNOWN",
  "MONITORING_INVALID",
  "PIPELINE_INVALID",
  "AWS_REGION_UNKNOWN",
  "AWS_HOST_UNKNOWN",
  "AWS_INVALID",
] as const;

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
