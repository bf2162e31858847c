/** One sample line: name, labels (a quoted value may hold any character), value, and perhaps a timestamp. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(?:[^"}]|"(?:\\.|[^"\\])*")*\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?$/;

/**
 * Reads Prometheus text and adds up the series of each wanted metric.
 * A metric that the text does not have is not in the answer: a counter that is missing is not a counter at 0.
 * Lines that are no samples are passed over, as are values that are no finite number.
 *
 * @example sumSeries('votes_total{option="a"} 2\nvotes_total{option="b"} 3', ["votes_total"])   // Map { "votes_total" => 5 }
 */
export function sumSeries(text: string, wanted: readonly string[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split("\n")) {
    const sample = SAMPLE.exec(line.trim());
    const name = sample?.[1];
    if (name === undefined || !wanted.includes(name)) continue;
    const value = Number(sample?.[2]);
    if (Number.isFinite(value)) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}
