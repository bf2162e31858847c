import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "@groundplan/model";
import { findStackFile } from "../stack-file/find-stack-file.js";
import { readPlan } from "../stack-file/open-plan.js";

/**
 * The plan of a stack as a revision of git has it: its folder of then, in a folder of its own beside today's packages.
 *
 * @param given Folder or file of the stack as it is today; `null`: the usual one.
 * @throws UserError when git has no such revision, or not the stack's folder in it.
 */
export async function planAtRevision(folder: string, given: string | null, revision: string): ReturnType<typeof readPlan> {
  const { file } = findStackFile(folder, given);
  const stackFolder = dirname(file);
  const temporary = mkdtempSync(join(tmpdir(), "groundplan-since-"));
  try {
    const archive = join(temporary, "stack.tar");
    const commit = runHere("git", ["-C", stackFolder, "rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`], revision);
    runHere("git", ["-C", stackFolder, "archive", "--format=tar", `--output=${archive}`, commit], revision);
    const then = besidePackagesOf(stackFolder, temporary);
    runHere("tar", ["-xf", archive, "-C", then], revision);
    return await readPlan(then, basename(file));
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** A new folder from which imports find the packages that they find from `folder`. */
function besidePackagesOf(folder: string, temporary: string): string {
  const parent = dirname(folder);
  const place = join(parent === folder ? temporary : besidePackagesOf(parent, temporary), "stack");
  mkdirSync(place, { recursive: true });
  const packages = join(folder, "node_modules");
  if (existsSync(packages)) symlinkSync(packages, join(place, "node_modules"), "dir");
  return place;
}

function runHere(program: string, args: readonly string[], revision: string): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw new UserError({ message: `--since needs ${program}: ${error.message}`, fix: `install ${program}` });
  if (status === 0) return stdout.trim();
  throw new UserError({
    message: `${program} cannot give the stack of revision "${revision}": ${stderr.trim()}`,
    fix: "name a commit, branch or tag that has the stack's folder, for example --since HEAD",
  });
}
