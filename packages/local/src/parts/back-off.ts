const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** How long to wait before a part is started again that has died `deaths` times (1 or more) in a row. */
export function backOffMs(deaths: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (deaths - 1));
}
