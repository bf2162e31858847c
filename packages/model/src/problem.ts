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
