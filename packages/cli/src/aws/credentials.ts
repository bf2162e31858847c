import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { UserProblem } from "@groundplan/model";
import { nearest } from "@groundplan/model";

/** Where AWS credentials would be taken from. No value of theirs is kept. */
export type Credentials = { readonly source: string } | { readonly problem: UserProblem };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `null`: there is no such file. */
  readFile(path: string): string | null;
  /** Whether this machine is an EC2 instance with a role. */
  hasInstanceRole(): Promise<boolean>;
}

const FIX =
  "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; how to get them: https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html";

/**
 * Looks for AWS credentials where the AWS provider looks, in its order
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration). Whether AWS accepts them is not asked.
 */
export async function findCredentials({ env, readFile, hasInstanceRole }: Surroundings = thisMachine()): Promise<Credentials> {
  const isSet = (name: string) => (env[name] ?? "") !== "";
  if (isSet("AWS_ACCESS_KEY_ID") !== isSet("AWS_SECRET_ACCESS_KEY")) {
    const [there, missing] = isSet("AWS_ACCESS_KEY_ID")
      ? ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
      : ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"];
    return { problem: { message: `AWS credentials: ${there} is set, and ${missing} is not`, fix: "set both, or neither and AWS_PROFILE" } };
  }
  const profiles = profilesOf([
    readFile(env.AWS_SHARED_CREDENTIALS_FILE || join(homeOf(env), ".aws", "credentials")),
    readFile(env.AWS_CONFIG_FILE || join(homeOf(env), ".aws", "config")),
  ]);
  const profile = env.AWS_PROFILE || "default";
  // A name that does not exist is refused, even where the keys of the environment would do.
  if (isSet("AWS_PROFILE") && !profiles.includes(profile)) return { problem: unknownProfile(profile, profiles) };
  if (isSet("AWS_ACCESS_KEY_ID")) return { source: "AWS_ACCESS_KEY_ID" };
  if (isSet("AWS_WEB_IDENTITY_TOKEN_FILE") && isSet("AWS_ROLE_ARN")) return { source: "AWS_WEB_IDENTITY_TOKEN_FILE" };
  if (profiles.includes(profile)) return { source: `profile ${profile}` };
  if (isSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || isSet("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    return { source: "the container's role" };
  if (await hasInstanceRole()) return { source: "the instance's role" };
  const others = profiles.length === 0 ? "" : `; profiles: ${profiles.join(", ")}`;
  return { problem: { message: `no AWS credentials found (environment, ~/.aws, instance role${others})`, fix: FIX } };
}

function unknownProfile(name: string, profiles: readonly string[]): UserProblem {
  const meant = nearest(name, profiles);
  return {
    message: `AWS credentials: AWS_PROFILE is "${name}", and ~/.aws has no such profile (${profiles.join(", ") || "none at all"})`,
    fix: meant === null ? FIX : `export AWS_PROFILE=${meant}`,
  };
}

/** Names of the profiles: "[name]" in credentials, "[profile name]" in config, where there are other sections too. */
function profilesOf(files: readonly (string | null)[]): readonly string[] {
  const sections = files.flatMap((text) => [...(text ?? "").matchAll(/^\s*\[([^\]]+)\]/gm)].map(([, name = ""]) => name.trim()));
  const names = sections.filter((name) => !/^(?:sso-session|services)\s/.test(name)).map((name) => name.replace(/^profile\s+/, ""));
  return [...new Set(names)].sort();
}

function homeOf(env: Surroundings["env"]): string {
  return env.HOME || homedir();
}

/** @param metadataLimitMs How long the address that tells an instance's role may take to answer. Default: 1000 */
export function thisMachine(env: Surroundings["env"] = process.env, metadataLimitMs = METADATA_TIMEOUT_MS): Surroundings {
  return { env, readFile: textOrNone, hasInstanceRole: () => askInstanceRole(env, metadataLimitMs) };
}

function textOrNone(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** The address answers at once where there is one (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html). */
const METADATA = "http://169.254.169.254";
const METADATA_TIMEOUT_MS = 1_000;

async function askInstanceRole(env: Surroundings["env"], limitMs: number): Promise<boolean> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") return false;
  const base = (env.AWS_EC2_METADATA_SERVICE_ENDPOINT || METADATA).replace(/\/$/, "");
  const signal = AbortSignal.timeout(limitMs);
  try {
    const session = await fetch(`${base}/latest/api/token`, {
      method: "PUT",
      headers: { "X-aws-ec2-metadata-token-ttl-seconds": "60" },
      signal,
    });
    const headers = session.ok ? { "X-aws-ec2-metadata-token": await session.text() } : undefined;
    const roles = await fetch(`${base}/latest/meta-data/iam/security-credentials/`, {
      ...(headers === undefined ? {} : { headers }),
      signal,
    });
    return roles.ok && (await roles.text()).trim() !== "";
  } catch {
    return false;
  }
}
