import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { buildOf, type Plan } from "@groundplan/model";
import type { RunningStack } from "./running-stack.js";
import { watchFolders } from "./watch-folders.js";

export interface WatchServicesOptions {
  readonly plan: Plan;
  readonly stackFolder: string;
  readonly stack: RunningStack;
  readonly quietMs: number;
  readonly onNote: (text: string) => void;
}

/** Restarts a service when something in its folder, or in one of the others it names, changes. Returns the way to stop. */
export function watchServices({ plan, stackFolder, stack, quietMs, onNote }: WatchServicesOptions): () => void {
  const stops = plan.components.map(({ name, source }) => {
    if (source.kind !== "service") return () => {};
    const built = buildOf(source);
    const named = [...(built === null ? [] : [built.build]), ...source.watch.also].map((folder) => join(stackFolder, folder));
    for (const folder of named) if (!existsSync(folder)) onNote(`${name} is to be restarted on changes in ${folder}, which does not exist`);
    let restarts = 0;
    const onChange = (path: string) => {
      onNote(`${relative(stackFolder, path)} changed: ${name} is restarted`);
      restarts += 1;
      const mine = restarts;
      stack.restart(name).catch((error: Error) => {
        // One that a later change has overtaken is no news.
        if (mine === restarts) onNote(`${name} is not healthy again: ${error.message.split("\n")[0]}`);
      });
    };
    return watchFolders({ folders: named.filter((folder) => existsSync(folder)), quietMs, onChange, onNote });
  });
  return () => {
    for (const stop of stops) stop();
  };
}
