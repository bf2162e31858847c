import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { nearest, type Plan, UserError } from "@groundplan/model";
import { renderCommandLine } from "@groundplan/programs";
import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput } from "../command.js";
import { renderHint } from "../docker/docker-project.js";
import { textOf } from "../output/write-files.js";
import { type OpenedPlan, openPlan } from "../stack-file/open-plan.js";

/** A stack as it is deployed to AWS. */
export interface Deployment {
  readonly opened: OpenedPlan;
  /** Where its files are, absolute. */
  readonly folder: string;
  /** The same as the user would write it. */
  readonly shownFolder: string;
  readonly terraformFolder: string;
  readonly ansibleFolder: string;
  /** Another action on the same deployment, as one types it. */
  hint(action: string): string;
  /** This action once more, with all that was given. */
  again(action: keyof typeof REPEATED): string;
}

/** What the command line gave to an action that may have to be typed once more. */
const REPEATED = {
  plan: ["var"],
  deploy: ["var", "limit", "tag", "registry", "base", "no-prepare", "no-build"],
  rollback: ["limit", "service"],
  destroy: ["var"],
} as const;

/** The deployment that the command line means; `null`: its stack has problems, and they were shown. */
export async function openDeployment(input: CommandInput): Promise<Deployment | null> {
  const opened = await openPlan(input);
  if (opened === null) return null;
  const out = input.arguments.text("out");
  const folder = out === null ? join(opened.folder, "out", "aws") : resolve(input.folder, out);
  const seen = relative(input.folder, folder) || ".";
  return {
    opened,
    folder,
    shownFolder: seen.startsWith("..") ? folder : seen,
    terraformFolder: join(folder, "terraform"),
    ansibleFolder: join(folder, "ansible"),
    hint: (action) => renderHint("aws", action, input.arguments),
    again: (action) => [renderHint("aws", action, input.arguments), ...repeat(input.arguments, REPEATED[action])].join(" "),
  };
}

function repeat(given: Arguments, options: readonly string[]): readonly string[] {
  return options.flatMap((option) =>
    given.list(option).map((value) => (value === "" ? `--${option}` : renderCommandLine({ program: `--${option}`, args: [value] }))),
  );
}

/** @throws UserError when the deployment's files were never written. */
export function needFiles({ folder, shownFolder, hint }: Deployment): void {
  if (existsSync(join(folder, "terraform")) && existsSync(join(folder, "ansible"))) return;
  throw new UserError({
    message: `there are no files of a deployment in ${shownFolder}`,
    fix: `deploy the stack first (${hint("deploy")}), or name the folder with --out`,
  });
}

/**
 * The host of `--limit`; `null`: none is named.
 *
 * @throws UsageError when the stack has no such host.
 */
export function limitOf(given: Arguments, plan: Plan): string | null {
  return hostNamed(given.text("limit"), "--limit ", plan);
}

/** @throws UsageError when the stack has no such host. */
export function hostNamed(wanted: string | null, option: string, plan: Plan): string | null {
  const names = plan.hosts.map(({ name }) => name);
  if (wanted === null || names.includes(wanted)) return wanted;
  const meant = nearest(wanted, names);
  throw new UsageError(
    `${option}${wanted}: ${plan.stack} has no host "${wanted}" (${names.join(", ")}).${meant === null ? "" : ` Did you mean "${meant}"?`}`,
  );
}

/** Name and text of the files with values that Terraform reads by itself, in its order. */
export function valueFiles(terraformFolder: string): readonly (readonly [name: string, text: string])[] {
  const names = existsSync(terraformFolder) ? readdirSync(terraformFolder) : [];
  const automatic = names.filter((name) => /\.auto\.tfvars(?:\.json)?$/.test(name)).sort();
  return ["terraform.tfvars", "terraform.tfvars.json", ...automatic].flatMap((name) => {
    const text = textOf(join(terraformFolder, name));
    return text === null ? [] : [[name, text] as const];
  });
}
