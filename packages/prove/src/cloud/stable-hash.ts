import { createHash } from "node:crypto";

/** The same text gives the same hexadecimal digits: ids and addresses are those of the run before. */
export function stableHash(text: string, digits = 16): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/** A number from 0 up to, not including, `below`. */
export function stableNumber(text: string, below: number): number {
  return Number.parseInt(stableHash(text, 8), 16) % below;
}
