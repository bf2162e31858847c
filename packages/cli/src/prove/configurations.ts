import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Plan } from "@groundplan/model";
import { UserError } from "@groundplan/model";
import { hasConfiguration } from "@groundplan/prove";
import { TARGETS } from "@groundplan/targets";
import type { CommandInput } from "../command.js";
import { placeOf } from "../output/output-place.js";
import { writeFiles } from "../output/write-files.js";
import { type OpenedPlan, openPlan } from "../stack-file/open-plan.js";

/** A folder of .tf files that is proven by itself. */
export interface Configuration {
  /** As the user knows it. */
  readonly shown: string;
  readonly folder: string;
  /** The stack whose rules it must have; `null`: none. */
  readonly plan: Plan | null;
}

/** Of the files that `groundplan synth aws` writes: the folder of the hosts and their rules. */
const MAIN = "terraform";

/**
 * What the command line asks to be proven. `null`: the stack has problems, and they were shown.
 *
 * @param workFolder Where the stack's files are written when they are what is to be proven.
 * @throws UserError
 */
export async function configurationsOf(input: CommandInput, workFolder: string): Promise<readonly Configuration[] | null> {
  const { arguments: given, folder } = input;
  const dir = given.text("dir");
  const opened = dir !== null && given.text("stack") === null ? undefined : await openPlan(input);
  if (opened === null) return null;
  if (dir === null) return opened === undefined ? null : renderedConfigurations(opened, workFolder);

  const own = resolve(folder, dir);
  if (!existsSync(own) || !hasConfiguration(own))
    throw new UserError({ message: `there are no .tf files in ${dir}`, fix: "name the folder that holds them: --dir DIR" });
  return [{ shown: dir, folder: own, plan: opened?.plan ?? null }];
}

function renderedConfigurations({ plan, folder: stackFolder }: OpenedPlan, workFolder: string): readonly Configuration[] {
  const target = TARGETS.find(({ name }) => name === "aws");
  if (target === undefined) throw new Error("there is no target aws");
  const { files } = target.render(plan, placeOf(workFolder, stackFolder));
  writeFiles(workFolder, files);
  const folders = new Set(files.filter(({ path }) => path.endsWith(".tf")).map(({ path }) => dirname(path)));
  return [...folders].sort().map((folder) => ({
    shown: folder,
    folder: join(workFolder, folder),
    plan: folder === MAIN ? plan : null,
  }));
}
