/**
 * The candidate that a misspelt word most likely means, or `null` when none is near.
 * Near: at most one edit for every three letters, and at least one; of equals the first.
 *
 * @example nearest("redsi", ["redis", "db"])   // "redis"
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * What to do about a name that stands for nothing: the nearest one that does, or the whole choice.
 *
 * @param write The name as the user writes it. Default: in quotes
 * @example suggestName("wokrer", ["vote", "worker"])   // 'write "worker"'
 * @example suggestName("x", ["vote", "worker"])   // "write one of vote, worker"
 */
export function suggestName(word: string, known: readonly string[], write = (name: string) => `"${name}"`): string {
  const meant = nearest(word, known);
  return meant === null ? `write one of ${known.join(", ")}` : `write ${write(meant)}`;
}

/** How many letters to insert, remove, replace or swap with their neighbour to turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
