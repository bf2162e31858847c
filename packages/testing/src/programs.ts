import { existsSync } from "node:fs";
import { dirname } from "node:path";
// The scripts need it before anything is compiled.
import { findProgram } from "../../../scripts/programs.mjs";

/** Where a program of the table in scripts/programs.mjs is; `null`: this machine has none. @param file Of a tool with more than one. */
export function programPath(name: string, file?: string): string | null {
  const found = findProgram(name, file);
  return "path" in found ? found.path : null;
}

/** What a test says when it skips for want of these programs, the first of them that is missing; `null`: all are here. */
export function missingProgram(...names: readonly string[]): string | null {
  for (const name of names) {
    const found = findProgram(name);
    if ("missing" in found) return found.missing;
  }
  return null;
}

/** A PATH that has these first, for programs that look for others on it. */
export function pathWithPrograms(...paths: readonly string[]): string {
  return [...paths.map((path) => dirname(path)), process.env.PATH].join(":");
}

export interface TerraformProgram {
  readonly name: "terraform" | "tofu";
  /** `null`: this machine has none. */
  readonly path: string | null;
  /** For tests that skip without it. */
  readonly missing: string;
}

/** Both programs that users may have: what holds with one of them has to hold with the other. */
export const TERRAFORMS: readonly TerraformProgram[] = (["terraform", "tofu"] as const).map((name) => ({
  name,
  path: programPath(name),
  missing: missingProgram(name) ?? "",
}));

/** A browser of this machine's, for playwright-core; `undefined` where none is installed. */
export const BROWSER: string | undefined = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

/** Runs as root and without a display, and asks nothing of the network by itself. */
export const BROWSER_ARGUMENTS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
