export interface NameWish {
  /** Tells it from all others. */
  readonly identity: string;
  readonly wanted: string;
}

/**
 * A name for each identity: the wanted one, unless it is too long or two want it. Those get a few letters that follow from their identity,
 * so that a name never depends on what else there is beside it but its rival.
 */
export function shortNames(wishes: readonly NameWish[], longest: number): ReadonlyMap<string, string> {
  const rivals = new Map<string, Set<string>>();
  for (const { identity, wanted } of wishes) rivals.set(wanted, (rivals.get(wanted) ?? new Set()).add(identity));
  return new Map(
    wishes.map(({ identity, wanted }) => {
      const isFree = wanted.length <= longest && rivals.get(wanted)?.size === 1;
      return [identity, isFree ? wanted : `${wanted.slice(0, longest - MARK_LENGTH - 1).replace(/-$/, "")}-${markOf(identity)}`];
    }),
  );
}

const MARK_LENGTH = 6;

/** A few letters that follow from a text. FNV-1a: spreads well, and needs no library. */
export function markOf(identity: string): string {
  let hash = 0x811c9dc5;
  for (const character of identity) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36).padStart(MARK_LENGTH, "0").slice(-MARK_LENGTH);
}
