import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/**
 * Writes a small file so that a reader finds the old text or the new one, never half of either.
 * `durable`: the new text also survives a power cut from here on.
 */
export function replaceFile(path: string, text: string, options: { readonly mode: number; readonly durable: boolean }): void {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", options.mode);
  try {
    writeSync(file, text);
    if (options.durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
