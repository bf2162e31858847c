import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The file that a command's first word stands for, as a shell would find it; `null`: none that can be run. */
export function findProgram(word: string, folder: string, searchPath: string = process.env.PATH ?? ""): string | null {
  const endings = process.platform === "win32" ? ["", ".exe", ".cmd"] : [""];
  const isPath = word.includes("/") || word.includes("\\");
  const places = isPath
    ? [resolve(folder, word)]
    : searchPath
        .split(delimiter)
        .filter(Boolean)
        .map((place) => join(place, word));
  for (const place of places) {
    const found = endings.map((ending) => place + ending).find(canRun);
    if (found !== undefined) return found;
  }
  return null;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
