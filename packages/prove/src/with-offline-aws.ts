import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "./cloud/cloud.js";
import { OfflineAws } from "./cloud/offline-aws.js";
import { serveProvider } from "./protocol/serve-provider.js";
import { awsSchema } from "./schema/aws-schema.js";

export interface OfflineAwsRun {
  /** The whole environment for a terraform process: it has no account, and nothing to download from. */
  readonly env: Readonly<Record<string, string>>;
  /** What is in the account. */
  readonly cloud: Cloud;
}

/**
 * Runs something while an AWS provider without AWS is there for every terraform process that gets `env`.
 *
 * @example await withOfflineAws(({ env }) => promisify(execFile)("terraform", ["apply", "-auto-approve"], { cwd, env }));
 */
export async function withOfflineAws<T>(run: (offline: OfflineAwsRun) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-offline-aws-"));
  try {
    const cloud = new Cloud();
    const served = await serveProvider(awsSchema(), new OfflineAws(cloud));
    try {
      return await run({ env: { ...cleanEnv(), ...offlineSettings(folder), ...served.env }, cloud });
    } finally {
      served.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Providers come from an empty folder and from nowhere else: https://developer.hashicorp.com/terraform/cli/config/config-file#explicit-installation-method-configuration */
function offlineSettings(folder: string): Readonly<Record<string, string>> {
  const file = join(folder, "terraform.rc");
  const mirror = join(folder, "no-providers");
  mkdirSync(mirror);
  writeFileSync(
    file,
    `disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: file, TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
}

/** Neither the account nor the settings of who runs it: they could lead a proof to a real cloud. */
function cleanEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/^(TF|AWS|TOFU)_/.test(entry[0])),
  );
}
