import type { UserProblem } from "@groundplan/model";

/** A foreign failure that can be told in a sentence. */
interface Failure {
  /** Text of Terraform, OpenTofu, the AWS provider or AWS itself. */
  readonly pattern: RegExp;
  explain(match: RegExpExecArray, text: string): Omit<UserProblem, "detail">;
}

const AGAIN = "then run this once more";

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
        message: `the state is locked${who === undefined ? "" : ` by ${who}`}: another run goes on, or one was killed in the middle`,
        fix: `wait for the other run; if there is none: ${forced}, in the folder of the Terraform files`,
      };
    },
  },
  {
    pattern: /No valid credential sources found|no EC2 IMDS role found|failed to refresh cached credentials/i,
    explain: () => ({
      message: "Terraform finds no AWS credentials",
      fix: "give it some: AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (groundplan doctor says what is there)",
    }),
  },
  {
    pattern: /ExpiredToken|RequestExpired|SSO (?:session|token)[^.]*expired|security token included in the request is expired/i,
    explain: () => ({ message: "the AWS credentials have expired", fix: `log in again (for example aws sso login), ${AGAIN}` }),
  },
  {
    pattern: /RequestTimeTooSkewed|Signature (?:expired|not yet current)/,
    explain: () => ({
      message: "AWS refuses requests of this machine, since its clock is wrong",
      fix: `set the clock (timedatectl set-ntp true), ${AGAIN}`,
    }),
  },
  {
    pattern: /InvalidClientTokenId|\bAuthFailure\b|SignatureDoesNotMatch|UnrecognizedClientException|InvalidAccessKeyId/,
    explain: (match) => ({
      message: `AWS does not accept these credentials (${match[0]})`,
      fix: "check them: aws sts get-caller-identity",
    }),
  },
  {
    pattern: /is not authorized to perform|UnauthorizedOperation|AccessDenied/,
    explain: (_, text) => ({
      message: `these AWS credentials may not do ${/is not authorized to perform: (\S+)/.exec(text)?.[1] ?? "what is needed here"}`,
      fix: `let an administrator allow it, or use others (AWS_PROFILE), ${AGAIN}`,
    }),
  },
  {
    pattern: /\b(\w+LimitExceeded|QuotaExceeded\w*)\b/,
    explain: (match) => ({
      message: `the account's quota is used up (${match[1]})`,
      fix: `ask for more in the AWS console (Service Quotas) or free something, ${AGAIN}`,
    }),
  },
  {
    pattern: /InsufficientInstanceCapacity|not supported in your requested Availability Zone/,
    explain: () => ({
      message: "AWS has none of these machines free in this zone",
      fix: "try later, or take another instance type or region",
    }),
  },
  {
    pattern: /\b(OptInRequired|PendingVerification)\b/,
    explain: (match) => ({
      message: `the account is not ready for this service or region (${match[1]})`,
      fix: `finish its registration, or enable the region in the AWS console, ${AGAIN}`,
    }),
  },
  {
    pattern:
      /InvalidKeyPair\.Duplicate|InvalidGroup\.Duplicate|EntityAlreadyExists|ResourceAlreadyExists|BucketAlreadyExists|AlreadyExistsException/,
    explain: (match) => ({
      message: `AWS has something of this name already, and this folder's state does not know it (${match[0]})`,
      fix: "remove it if it is a leftover, take it over (terraform import), or see whether the state is elsewhere",
    }),
  },
  {
    pattern: /disableApiTermination|disable_api_termination/,
    explain: () => ({
      message: "the machine is protected from being removed",
      fix: "groundplan aws destroy takes the protection away first; by hand: see the README beside the Terraform files",
    }),
  },
  {
    pattern: /Resource (\S+) has lifecycle\.prevent_destroy/,
    explain: (match) => ({
      message: `${match[1]} is kept from being removed (prevent_destroy)`,
      fix: "see the README beside the Terraform files for the steps",
    }),
  },
  {
    pattern: /Saved plan is stale/,
    explain: () => ({ message: "somebody has changed the state since the plan was made", fix: "run this once more: it plans anew" }),
  },
  {
    pattern: /Backend (?:initialization required|configuration changed|configuration block has changed)/,
    explain: () => ({
      message: "the place of Terraform's state was changed",
      fix: `take the state there (terraform init -migrate-state, in the folder of the Terraform files), ${AGAIN}`,
    }),
  },
  {
    pattern: /Failed to query available provider packages|Failed to install provider|could not connect to registry/,
    explain: () => ({
      message: "Terraform cannot download the AWS provider",
      fix: "see whether its registry can be reached from here (proxy, firewall), or name a mirror in Terraform's CLI configuration",
    }),
  },
  {
    pattern: /no such host|i\/o timeout|connection refused|TLS handshake timeout|request send failed/,
    explain: () => ({ message: "AWS cannot be reached from here", fix: `see to the network (proxy, firewall, region), ${AGAIN}` }),
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
