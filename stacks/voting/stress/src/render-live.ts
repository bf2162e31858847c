import type { Progress } from "./progress.js";

const NARROWEST_BAR = 10;
const WIDEST_BAR = 40;
const NAME_WIDTH = 10;

/** The picture of a run in the middle, as lines of at most `width` columns. */
export function renderLive(progress: Progress, width: number): readonly string[] {
  const { phase, done, total, accepted, queued, persisted, visible, errors } = progress;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const after = ` ${percent(share).padStart(4)}  ${text(done)} of ${text(total)}`;
  const bar = barOf(share, Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, width - NAME_WIDTH - 1 - after.length)));
  const first = `${phase.padEnd(NAME_WIDTH)} ${bar}${after}`;
  if (phase === "draining") return [first].map((line) => line.slice(0, width));
  const rows = [
    first,
    row("accepted", accepted, `${text(progress.votesPerSecond)} votes/s`),
    row("queued", queued, ""),
    row("persisted", persisted, `lag ${text(lagOf(progress))}`),
    row("visible", visible, ""),
    row("errors", errors, ""),
  ];
  return rows.map((line) => line.slice(0, width));
}

/** The same as one line, for a log. */
export function renderLine(progress: Progress): string {
  const { phase, done, total, accepted, queued, persisted, visible, errors, votesPerSecond } = progress;
  if (phase === "draining") return `draining: ${text(done)} of ${text(total)} ballots of before are counted`;
  const levels = `accepted ${text(accepted)}, queued ${text(queued)}, persisted ${text(persisted)}, visible ${text(visible)}`;
  return `${phase}: ${text(done)} of ${text(total)}; ${levels}; ${text(votesPerSecond)} votes/s, lag ${text(lagOf(progress))}, errors ${text(errors)}`;
}

/** Accepted and not yet persisted. */
const lagOf = ({ accepted, persisted }: Progress): number => Math.max(0, accepted - persisted);

const text = (n: number): string => n.toLocaleString("en");

const percent = (share: number): string => `${Math.floor(100 * share)} %`;

function barOf(share: number, width: number): string {
  const full = Math.floor(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

function row(name: string, count: number, note: string): string {
  return `  ${name.padEnd(NAME_WIDTH)} ${text(count).padStart(11)}  ${note}`.trimEnd();
}
