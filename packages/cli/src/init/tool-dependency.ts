import { readFileSync, realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The package `groundplan` that this program is part of. */
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]+$/, "");

/**
 * What a package.json in `folder` (which exists) says under "groundplan": the way to this checkout, or the version that was installed.
 *
 * @example "file:../groundplan/packages/cli"
 */
export function toolDependency(folder: string, toolFolder = PACKAGE): string {
  const tool = realpathSync(toolFolder);
  if (!tool.split(sep).includes("node_modules")) return `file:${relative(realpathSync(folder), tool).split(sep).join("/")}`;
  const { version }: { version: string } = JSON.parse(readFileSync(`${tool}/package.json`, "utf8"));
  return `^${version}`;
}
