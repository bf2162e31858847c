import { relative, sep } from "node:path";
import type { OutputPlace } from "@groundplan/targets";

/** Where the files of a target will lie, both folders absolute. */
export function placeOf(outputFolder: string, stackFolder: string): OutputPlace {
  return { stackFolder: relative(outputFolder, stackFolder).split(sep).join("/") || "." };
}
