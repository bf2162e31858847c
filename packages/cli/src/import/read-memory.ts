import { MEMORY_MB } from "@groundplan/model";
import type { ComposeService } from "./compose-service.js";
import type { Notes } from "./notes.js";
import { objectOf } from "./values.js";

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

const { least: LEAST, most: MOST } = MEMORY_MB;

/** MiB of a size as Compose writes it ("512m", "1.5gb", bytes); `null`: it is none. */
export function mebibytes(size: unknown): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(String(size).trim());
  if (found === null) return null;
  return Math.round((Number(found[1]) * (UNITS[found[2]?.toLowerCase() ?? ""] ?? 1)) / 2 ** 20);
}

/** The most memory that Compose gives a service; `undefined`: it sets no limit. */
export function memoryLimit({ values }: ComposeService): unknown {
  return values.mem_limit ?? objectOf(objectOf(objectOf(values.deploy).resources).limits).memory;
}

/** The limit in MiB, or `usual` where there is none that can be carried over. */
export function memoryMbOf(service: ComposeService, usual: number, notes: Notes): number {
  const limit = memoryLimit(service);
  if (limit === undefined || String(limit) === "0") return usual;
  const size = mebibytes(limit);
  if (size !== null && size >= LEAST && size <= MOST) return size;
  const path = ["services", service.key, service.values.mem_limit === undefined ? "deploy" : "mem_limit"];
  notes.add(path, service.name, `its memory of ${String(limit)} is not carried over`, `write memoryMb, from ${LEAST} to ${MOST} MiB`);
  return usual;
}
