import { createHash, randomUUID } from "node:crypto";

/** The part that all ids of one millisecond share. */
let prefix = "";

let prefixMs = -1;

/**
 * The same UUID for the same words: so a request that is sent again gets the same voter and the same ballot, from any service, at any
 * time, although nobody remembers the first try. There is no key in it, so that a change of keys does not change it: whoever can
 * guess the words can make the id, so one of them must be what others cannot guess.
 */
export function derivedUuid(...words: readonly string[]): string {
  return uuidFromBytes(createHash("sha256").update(JSON.stringify(words)).digest());
}

/** A UUID of version 8 (RFC 9562, section 5.8: free-form) from the first 16 bytes of a digest. */
export function uuidFromBytes(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A UUID of version 7 (RFC 9562, section 5.7): the time in ms, then 74 random bits. New ids sort near each other, so an index
 * takes them in at its end instead of all over. Made from `randomUUID`, which draws its random bytes for many ids at once.
 */
export function orderedUuid(): string {
  const nowMs = Date.now();
  if (nowMs !== prefixMs) {
    prefixMs = nowMs;
    const time = nowMs.toString(16).padStart(12, "0");
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  return prefix + randomUUID().slice(15);
}
