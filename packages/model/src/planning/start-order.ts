export interface Startable {
  readonly name: string;
  readonly after: readonly string[];
}

/** Each item after all that it waits for; where that leaves a choice, in the order given. There must be no cycle. */
export function startOrder<T extends Startable>(items: readonly T[]): readonly T[] {
  const ordered: T[] = [];
  const started = new Set<string>();
  let waiting = items;
  while (waiting.length > 0) {
    const next = waiting.find((item) => item.after.every((name) => started.has(name)));
    if (next === undefined) throw new Error(`no start order: ${waiting.map(({ name }) => name).join(", ")} wait for each other`);
    ordered.push(next);
    started.add(next.name);
    waiting = waiting.filter((item) => item !== next);
  }
  return ordered;
}

/** Orders by code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each text once, in order. */
export function sortedUnique(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}
