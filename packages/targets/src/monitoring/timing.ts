/**
 * How long a page takes from what happens to the message, in seconds. A level of the pipeline that stands still:
 *
 * | what | longest |
 * |---|---|
 * | its last movement is read | 10, the scrape interval |
 * | it leaves the window of the rate | 40, four scrapes, so that one may fail |
 * | the rule is evaluated; its records come before it in the same group | 10, the evaluation interval |
 * | it holds: pending | 30 |
 * | Alertmanager gathers what belongs together | 10 |
 *
 * That is 100 seconds, and leaves 20 of two minutes to the mail server or SNS. What does not answer is known sooner: there is no window.
 */
export const SCRAPE_SECONDS = 10;
export const SCRAPE_TIMEOUT_SECONDS = 5;
export const EVALUATE_SECONDS = 10;
/** Window of the rates that tell whether something moves at all. */
export const MOVES_SECONDS = 4 * SCRAPE_SECONDS;
/** How long a condition holds before it pages. */
export const PAGE_AFTER_SECONDS = 30;
export const PAGE_GROUP_SECONDS = 10;

/** How long Prometheus keeps what it read. */
export const RETENTION_DAYS = 15;

/** As Prometheus writes it: 90s, 5m, 4h. */
export function promDuration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
