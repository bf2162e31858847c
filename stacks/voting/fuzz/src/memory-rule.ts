/** The vote process at one moment, as it tells in /metrics. */
export interface MemorySample {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** How often the collector has gone through the whole heap so far. */
  readonly collections: number;
}

export interface MemoryVerdict {
  /** Floors of the second and the last quarter of the run, in MB. */
  readonly residentMb: readonly [number, number];
  readonly heapMb: readonly [number, number];
  readonly flat: boolean;
}

const MIN_SAMPLES = 40;
/** What the floors may rise by, in MB: above the noise of the collector. */
export const MAX_RISE_MB = { heap: 6, resident: 24 } as const;

/**
 * Whether memory is flat under an even load. The heap of a running process is a saw: rubbish piles up until the collector comes. Its floor
 * is what is really held, so the lowest value of the run's last quarter is held against the lowest of its second (the first
 * is for warming up). `null`: too few samples to tell, or the collector has not come in the last quarter.
 */
export function judgeMemory(samples: readonly MemorySample[]): MemoryVerdict | null {
  if (samples.length < MIN_SAMPLES) return null;
  const quarter = Math.floor(samples.length / 4);
  const second = samples.slice(quarter, 2 * quarter);
  const last = samples.slice(-quarter);
  if ((last.at(-1)?.collections ?? 0) === (last[0]?.collections ?? 0)) return null;
  const floors = (of: (sample: MemorySample) => number): [number, number] => [floorMb(second.map(of)), floorMb(last.map(of))];
  const residentMb = floors((sample) => sample.residentBytes);
  const heapMb = floors((sample) => sample.heapBytes);
  const flat = heapMb[1] - heapMb[0] <= MAX_RISE_MB.heap && residentMb[1] - residentMb[0] <= MAX_RISE_MB.resident;
  return { residentMb, heapMb, flat };
}

const floorMb = (bytes: readonly number[]): number => Math.round(Math.min(...bytes) / 104_857.6) / 10;
