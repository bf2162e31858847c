export interface ProgressRow {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970, as `endedAt`. */
  readonly startedAt: number;
  /** `null`: it goes on. */
  readonly endedAt: number | null;
}

export interface RowPlace {
  readonly now: number;
  /** Length of the longest name. */
  readonly width: number;
  /** Of the screen: a row that broke into two lines could not be written anew. */
  readonly columns: number;
}

/** Where the seconds stand, when the screen is wide enough. */
const TEXT_COLUMNS = 70;

/**
 * A row of the progress: name, what it does, for how long.
 *
 * @example "vote    step 3/5: COPY dist ./     1.4 s"
 */
export function renderRow(row: ProgressRow, { now, width, columns }: RowPlace): string {
  const seconds = secondsOf(row, row.endedAt ?? now).padStart(8);
  const room = Math.max(0, Math.min(width + TEXT_COLUMNS, columns - 1 - seconds.length));
  const text = `${row.name.padEnd(width)}   ${row.text}`;
  const fitting = text.length > room ? `${text.slice(0, Math.max(0, room - 3))}...` : text.padEnd(room);
  return `${fitting}${seconds}`.slice(0, Math.max(0, columns - 1));
}

/** @example "1.4 s" */
export function secondsOf({ startedAt }: ProgressRow, until: number): string {
  return `${((until - startedAt) / 1_000).toFixed(1)} s`;
}
