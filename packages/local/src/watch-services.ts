import { existsSync, type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join, relative } from "node:path";
import { buildOf, type Plan } from "@groundplan/model";
import type { RunningStack } from "./running-stack.js";

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
    for (const folder of named) if (!existsSync(folder)) onNote(`${name} should restart on changes in ${folder}, which doesn't exist`);
    let restarts = 0;
    const onChange = (path: string) => {
      onNote(`${relative(stackFolder, path)} changed: restarting ${name}`);
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

/** Never looked into: large, or written by the stack's own running. `dist` is looked into, since services may run from it. */
const IGNORED = new Set(["node_modules", ".git", ".groundplan"]);

export interface WatchOptions {
  readonly folders: readonly string[];
  /** Changes that are at most that far apart count as one. */
  readonly quietMs: number;
  /** With the path that changed last. */
  readonly onChange: (path: string) => void;
  readonly onNote: (text: string) => void;
}

/**
 * Watches folders and all below, also those made later. A watcher for each folder: Node's recursive one cannot leave out node_modules.
 * Returns the way to stop.
 */
export function watchFolders({ folders, quietMs, onChange, onNote }: WatchOptions): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;

  const changed = (path: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(path), quietMs);
  };
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const add = (folder: string) => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || IGNORED.has(name)) return;
        const path = join(folder, name);
        if (isFolder(path)) add(path);
        changed(path);
      });
      // A folder that is removed ends its watcher with an error on some systems.
      watcher.on("error", () => forget(folder));
      watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && !IGNORED.has(entry.name)) add(join(folder, entry.name));
      }
    } catch (error) {
      forget(folder);
      onNote(`changes in ${folder} go unseen: ${(error as Error).message}`);
    }
  };

  for (const folder of folders) add(folder);
  return () => {
    clearTimeout(timer);
    for (const folder of [...watchers.keys()]) forget(folder);
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
