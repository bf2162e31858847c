const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** "500ms", "60s", "1.5m" in ms; `null`: not a duration. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  return count === undefined || unit === undefined ? null : Number(count) * (MS_OF[unit] as number);
}
