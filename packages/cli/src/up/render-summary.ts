import type { PartState } from "@groundplan/local";
import { renderAddresses } from "../output/render-addresses.js";

export interface Summary {
  readonly stack: string;
  readonly parts: readonly PartState[];
  /** `null`: there is none. */
  readonly controlRoom: string | null;
  readonly startedInMs: number;
}

/** What a person wants to know once everything runs. */
export function renderSummary({ stack, parts, controlRoom, startedInMs }: Summary): string {
  const pages = parts.flatMap((part) => (part.url === null ? [] : [[part.name, part.url] as const]));
  const rows = controlRoom === null ? pages : [...pages, ["control room", controlRoom] as const];
  return renderAddresses(`stack ${stack} runs, started in ${(startedInMs / 1_000).toFixed(1)} s`, rows, "Ctrl-C stops everything");
}

/** The same for programs. */
export function summaryJson({ stack, parts, controlRoom }: Summary): string {
  return JSON.stringify({
    stack,
    parts: parts.map(({ name, url, port, pid, standIn }) => ({ name, url, port, pid, standIn })),
    controlRoom,
  });
}
