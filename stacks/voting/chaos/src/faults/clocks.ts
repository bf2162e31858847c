import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROBE_LIMIT_MS = 5_000;
const HOUR_MS = 3_600_000;

/**
 * Clocks that can be set for one part alone, by libfaketime. Only wall clocks: timers go on as they are, as when an operator or NTP
 * steps the clock. Redis and PostgreSQL keep the real one (libfaketime 0.9.10 stops a Redis with jemalloc before its first line).
 */
export class Clocks {
  readonly #folder = mkdtempSync(join(tmpdir(), "groundplan-clocks-"));
  readonly #library: string;

  private constructor(library: string) {
    this.#library = library;
  }

  /** `null`: this machine has no libfaketime that Node can run with. */
  static open(): Clocks | null {
    const library = findLibfaketime();
    if (library === null) return null;
    const clocks = new Clocks(library);
    if (clocks.#works()) return clocks;
    clocks.close();
    return null;
  }

  /** What a part must be started with to have a clock of its own. */
  env(part: string): Readonly<Record<string, string>> {
    this.set(part, 0);
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file(part),
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** The part's clock is that much ahead from now on; behind, when it is negative. */
  set(part: string, seconds: number): void {
    const draft = `${this.#file(part)}.new`;
    writeFileSync(draft, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    renameSync(draft, this.#file(part));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #file(part: string): string {
    return join(this.#folder, part);
  }

  #works(): boolean {
    const env = { ...process.env, ...this.env("probe") };
    this.set("probe", HOUR_MS / 1000);
    const { stdout } = spawnSync(process.execPath, ["-p", "Date.now()"], { env, encoding: "utf8", timeout: PROBE_LIMIT_MS });
    return Number(stdout) - Date.now() > HOUR_MS / 2;
  }
}

/** The library for programs with threads, where Linux distributions put it: below lib, or below lib/<architecture>. */
function findLibfaketime(): string | null {
  for (const lib of ["/usr/lib", "/usr/lib64", "/usr/local/lib"].filter((folder) => existsSync(folder))) {
    const folders = [lib, ...readdirSync(lib).map((name) => join(lib, name))];
    const found = folders.map((folder) => join(folder, "faketime/libfaketimeMT.so.1")).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return null;
}
