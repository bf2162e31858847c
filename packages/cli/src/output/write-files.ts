import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GeneratedFile } from "@groundplan/targets";

/** Writes each file whole or not at all: who reads it meanwhile has the old one. */
export function writeFiles(folder: string, files: readonly GeneratedFile[]): void {
  for (const file of files) writeFileAtomically(join(folder, file.path), file.text);
}

/** @param mode Permissions of a new file; default: the process' own. */
export function writeFileAtomically(path: string, text: string, mode = 0o666): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(unfinished, text, { mode });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** What `folder` holds instead of the files: a line for each that is missing or differs. */
export function differences(folder: string, files: readonly GeneratedFile[]): readonly string[] {
  return files.flatMap((file) => {
    const found = textOf(join(folder, file.path));
    if (found === null) return [`${file.path} is missing`];
    return found === file.text ? [] : [`${file.path} differs`];
  });
}

/** `null`: there is no such file. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
