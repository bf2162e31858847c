import { UserError, type UserProblem } from "@groundplan/model";
import { type CommandLine, lastLines, type ProgramResult, renderCommandLine } from "@groundplan/programs";
import type { Diagnostic } from "./terraform-events.js";

/** A foreign failure that can be told in a sentence. */
interface Failure {
  /** Text of Terraform, OpenTofu, the AWS provider or AWS itself. */
  readonly pattern: RegExp;
  explain(match: RegExpExecArray, text: string): Omit<UserProblem, "detail">;
}

const AGAIN = "then run this again";

/**
 * The first that matches counts. The codes are those of AWS
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), the other texts Terraform's own; the tests hold examples.
 */
const FAILURES: readonly Failure[] = [
  {
    pattern: /Error acquiring the state lock/,
    explain(_, text) {
      const id = /\bID:\s+(\S+)/.exec(text)?.[1];
      const who = /\bWho:\s+(\S+)/.exec(text)?.[1];
      const forced = id === undefined ? "terraform force-unlock" : `terraform force-unlock ${id}`;
      return {
        message: `the state is locked${who === undefined ? "" : ` by ${who}`}: another run is going on, or one was killed halfway`,
        fix: `wait for the other run; if there is none, run ${forced} in the folder of the Terraform files`,
      };
    },
  },
  {
    pattern: /No valid credential sources found|no EC2 IMDS role found|failed to refresh cached credentials/i,
    explain: () => ({
      message: "Terraform can't find AWS credentials",
      fix: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (groundplan doctor shows what it finds)",
    }),
  },
  {
    pattern: /ExpiredToken|RequestExpired|SSO (?:session|token)[^.]*expired|security token included in the request is expired/i,
    explain: () => ({ message: "the AWS credentials have expired", fix: `log in again (for example aws sso login), ${AGAIN}` }),
  },
  {
    pattern: /RequestTimeTooSkewed|Signature (?:expired|not yet current)/,
    explain: () => ({
      message: "AWS refuses requests from this machine because its clock is wrong",
      fix: `set the clock (timedatectl set-ntp true), ${AGAIN}`,
    }),
  },
  {
    pattern: /InvalidClientTokenId|\bAuthFailure\b|SignatureDoesNotMatch|UnrecognizedClientException|InvalidAccessKeyId/,
    explain: (match) => ({
      message: `AWS doesn't accept these credentials (${match[0]})`,
      fix: "check them: aws sts get-caller-identity",
    }),
  },
  {
    pattern: /is not authorized to perform|UnauthorizedOperation|AccessDenied/,
    explain: (_, text) => ({
      message: `these AWS credentials may not do ${/is not authorized to perform: (\S+)/.exec(text)?.[1] ?? "what is needed here"}`,
      fix: `ask an administrator to allow it, or use other credentials (AWS_PROFILE), ${AGAIN}`,
    }),
  },
  {
    pattern: /\b(\w+LimitExceeded|QuotaExceeded\w*)\b/,
    explain: (match) => ({
      message: `the account's quota is used up (${match[1]})`,
      fix: `ask for more in the AWS console (Service Quotas), or remove something, ${AGAIN}`,
    }),
  },
  {
    pattern: /InsufficientInstanceCapacity|not supported in your requested Availability Zone/,
    explain: () => ({
      message: "AWS has no machine of this type free in this zone",
      fix: "try again later, or choose another instance type or region",
    }),
  },
  {
    pattern: /\b(OptInRequired|PendingVerification)\b/,
    explain: (match) => ({
      message: `the account isn't ready for this service or region (${match[1]})`,
      fix: `finish its registration, or enable the region in the AWS console, ${AGAIN}`,
    }),
  },
  {
    pattern:
      /InvalidKeyPair\.Duplicate|InvalidGroup\.Duplicate|EntityAlreadyExists|ResourceAlreadyExists|BucketAlreadyExists|AlreadyExistsException/,
    explain: (match) => ({
      message: `AWS already has something of this name, and the state in this folder doesn't know it (${match[0]})`,
      fix: "remove it if it is a leftover, take it over (terraform import), or look for the state elsewhere",
    }),
  },
  {
    pattern: /disableApiTermination|disable_api_termination/,
    explain: () => ({
      message: "the machine is protected against removal",
      fix: "use groundplan aws destroy, which lifts the protection first; to do it by hand, see the README beside the Terraform files",
    }),
  },
  {
    pattern: /Resource (\S+) has lifecycle\.prevent_destroy/,
    explain: (match) => ({
      message: `${match[1]} is protected against removal (prevent_destroy)`,
      fix: "see the README beside the Terraform files for the steps",
    }),
  },
  {
    pattern: /Saved plan is stale/,
    explain: () => ({ message: "the state has changed since the plan was made", fix: "run this again: it makes a new plan" }),
  },
  {
    pattern: /Backend (?:initialization required|configuration changed|configuration block has changed)/,
    explain: () => ({
      message: "Terraform's state has a new place",
      fix: `move the state there (terraform init -migrate-state in the folder of the Terraform files), ${AGAIN}`,
    }),
  },
  {
    pattern: /Failed to query available provider packages|Failed to install provider|could not connect to registry/,
    explain: () => ({
      message: "Terraform can't download the AWS provider",
      fix: "check that its registry can be reached from here (proxy, firewall), or name a mirror in Terraform's CLI configuration",
    }),
  },
  {
    pattern: /no such host|i\/o timeout|connection refused|TLS handshake timeout|request send failed/,
    explain: () => ({ message: "AWS can't be reached from here", fix: `check the network (proxy, firewall, region), ${AGAIN}` }),
  },
];

/** What a text of Terraform's means; `null`: it is none that is known. */
export function explainTerraform(text: string): Omit<UserProblem, "detail"> | null {
  for (const { pattern, explain } of FAILURES) {
    const match = pattern.exec(text);
    if (match !== null) return explain(match, text);
  }
  return null;
}

const LINES_SHOWN = 8;

/**
 * What Terraform's errors mean: where, what, and what to do. One that says the same of several resources is told once.
 *
 * @param again The command that goes on, as one types it.
 */
export function explainDiagnostics(diagnostics: readonly Diagnostic[], again: string): readonly UserProblem[] {
  const problems = diagnostics.filter(({ severity }) => severity === "error").map((diagnostic) => explain(diagnostic, again));
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

function explain({ summary, detail, address, place, variable }: Diagnostic, again: string): UserProblem {
  if (variable !== null) return aboutVariable(variable, summary, detail);
  const undeclared = /A variable named "([^"]+)" was assigned/.exec(detail)?.[1];
  if (undeclared !== undefined) {
    return { message: `the Terraform files have no variable "${undeclared}"`, fix: "use one of those in variables.tf" };
  }
  const lines = detail.split("\n").filter((line) => line.trim() !== "");
  const where = address === null ? "" : `${address}: `;
  const known = explainTerraform(`${summary}\n${detail}`);
  if (known !== null) return { ...known, message: `${where}${known.message}`, detail: [summary, ...lines].slice(0, LINES_SHOWN) };
  return {
    message: `${where}${summary}${place === null ? "" : ` (${place})`}`,
    detail: lines.slice(0, LINES_SHOWN),
    fix: `fix the error above, then resume with: ${again}`,
  };
}

function aboutVariable(variable: string, summary: string, detail: string): UserProblem {
  const reason = detail.split("\n\n")[0] ?? "";
  return {
    message: `variable ${variable}: ${summary === "Invalid value for variable" ? reason : `${summary}. ${reason}`}`,
    fix: `give it a value that fits: --var ${variable}=VALUE`,
  };
}

/**
 * A command that failed and told why as text, or not at all: what it means where that is known, with its last lines.
 *
 * @param again The command that goes on, as one types it.
 */
export function failedTool(command: CommandLine, { code, stdout, stderr }: ProgramResult, again: string): UserError {
  // Terraform draws a box around its errors.
  const text = (stderr === "" ? stdout : stderr).replace(/^[╷│╵] ?/gm, "");
  const detail = lastLines(text, LINES_SHOWN);
  const known = explainTerraform(text);
  if (known !== null) return new UserError({ ...known, detail });
  const ending = code === null ? "was killed" : `failed with exit code ${code}`;
  return new UserError({
    message: `${renderCommandLine(command)} ${ending}`,
    detail,
    fix: `fix the error above, then resume with: ${again}`,
  });
}
