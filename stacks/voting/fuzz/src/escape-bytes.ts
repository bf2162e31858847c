import type { Bytes } from "./exchange.js";

const MAX_SHOWN = 1_500;

/** Bytes as a person can read them and a string literal can hold them; of very long ones the beginning. */
export function escapeBytes(bytes: Bytes): string {
  const shown = JSON.stringify(bytes.slice(0, MAX_SHOWN)).replace(/[\x7f-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return bytes.length > MAX_SHOWN ? `${shown} and ${(bytes.length - MAX_SHOWN).toLocaleString("en")} bytes more` : shown;
}
