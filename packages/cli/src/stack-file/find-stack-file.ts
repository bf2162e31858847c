import { statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Problem } from "@groundplan/model";

const NAME = "stack.ts";
/** Where a repository with several stacks keeps the one that is meant when none is named. */
const USUAL_FOLDER = "stacks/voting";

export type FoundStackFile = { readonly file: string; readonly problem: null } | { readonly file: string; readonly problem: Problem };

/** The stack file that is meant: `given` is a folder or a file, `null` the usual place. Absolute, also when it is missing. */
export function findStackFile(folder: string, given: string | null): FoundStackFile {
  const place = resolve(folder, given ?? (kindOf(join(folder, USUAL_FOLDER, NAME)) === "file" ? USUAL_FOLDER : "."));
  const placeKind = kindOf(place);
  const file = placeKind === "file" || /\.[cm]?[jt]s$/.test(place) ? place : join(place, NAME);
  if (kindOf(file) === "file") return { file, problem: null };
  const shown = relative(folder, file) || file;
  return {
    file,
    problem: {
      at: shown,
      code: "STACK_FILE_MISSING",
      message: "there is no stack file",
      found: placeKind === null ? `nothing at ${given ?? "this folder"}` : `no ${NAME} in ${relative(folder, place) || "this folder"}`,
      allowed: `a file ${NAME}, its default export made with stack("name", (s) => { ... })`,
      fix: given === null ? "name its folder: --stack DIR" : `write ${shown}, or name another folder with --stack`,
    },
  };
}

function kindOf(path: string): "file" | "folder" | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return null;
  return facts.isDirectory() ? "folder" : "file";
}
