import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Not below /root, where only root may enter, nor in /tmp, over which a case mounts something else. */
const ABOVE = process.platform === "linux" && existsSync("/var/tmp") ? "/var/tmp" : tmpdir();

/** What a clone would not have: data of runs, generated files, and what git keeps for itself. Packages come apart. */
const OWN = /^(\.git|\.groundplan|out|node_modules)$|\/(node_modules|out)$|\.log$/;

/** A folder that everybody may enter, for the checkouts of a test file; it is gone when the file has ended. */
export function openFolder(): string {
  const folder = mkdtempSync(join(ABOVE, "groundplan-matrix-"));
  chmodSync(folder, 0o755);
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A copy of this checkout with all that was installed and compiled, as after its first start. */
export function installedCheckout(folder: string): string {
  copySources(folder, () => true);
  copyTree(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** A copy of this checkout as it is after `git clone`. */
export function freshCheckout(folder: string): string {
  return copySources(folder, (path) => !/(^|\/)dist$|\.tsbuildinfo$/.test(path));
}

function copySources(folder: string, isWanted: (path: string) => boolean): string {
  cpSync(ROOT, folder, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (source) => {
      const path = relative(ROOT, source);
      return !OWN.test(path) && isWanted(path);
    },
  });
  return folder;
}

/** With modes, times and links; shares the blocks on disk where the file system can. */
export function copyTree(from: string, to: string): void {
  const reflink = process.platform === "linux" ? ["--reflink=auto"] : [];
  execFileSync("cp", ["-a", ...reflink, from, to]);
}
