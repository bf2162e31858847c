import type { Answer } from "./ask.js";
import { TOOLS, type Tool } from "./tools.js";

export interface Finding extends Answer {
  readonly name: string;
  readonly neededFor: string;
  readonly required: boolean;
  readonly get: string;
}

/** Looks for every tool, all at once. */
export function examine(tools: readonly Tool[] = TOOLS): Promise<readonly Finding[]> {
  return Promise.all(
    tools.map(async ({ name, neededFor, required, get, look }) => {
      const { status, version, detail } = await look();
      return { name, status, version, detail, neededFor, required, get };
    }),
  );
}
