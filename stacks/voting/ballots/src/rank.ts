/**
 * A ballot's rank among those of its voter: the generation of the queue it came in, then its place there. The highest one stands, in
 * whatever order they are counted. Written as a UUID, which PostgreSQL holds in 16 bytes and compares as one number.
 *
 * @param ordinal Of the generation, below 2^48.
 * @param position Of a stream, "<ms>-<sequence>", or a number.
 */
export function rankOf(ordinal: number, position: string): string {
  const dash = position.indexOf("-");
  const place =
    dash < 0
      ? BigInt(position).toString(16).padStart(20, "0")
      : Number(position.slice(0, dash)).toString(16).padStart(12, "0") +
        Number(position.slice(dash + 1))
          .toString(16)
          .padStart(8, "0");
  return `${prefixOf(ordinal)}${place.slice(0, 4)}-${place.slice(4, 8)}-${place.slice(8)}`;
}

/** The ranks of a batch share it. */
let prefix = "";
let prefixOrdinal = -1;

function prefixOf(ordinal: number): string {
  if (ordinal !== prefixOrdinal) {
    const digits = ordinal.toString(16).padStart(12, "0");
    prefixOrdinal = ordinal;
    prefix = `${digits.slice(0, 8)}-${digits.slice(8)}-`;
  }
  return prefix;
}
