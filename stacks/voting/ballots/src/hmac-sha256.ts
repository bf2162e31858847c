import { createHash, hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const MAX_TEXT_BYTES = 256;

/**
 * HMAC-SHA-256 (RFC 2104) of short ASCII texts, from one-shot hashes. Node's `createHmac` makes an object in OpenSSL for each digest:
 * two for each vote were a quarter of what the vote service had to compute. Its results are the same, which a test checks.
 */
export class HmacSha256 {
  /** The padded key with room for the text, and the padded key with room for the inner digest: filled anew for each digest. */
  readonly #inner = Buffer.alloc(BLOCK_BYTES + MAX_TEXT_BYTES);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  constructor(key: Buffer) {
    const block = Buffer.alloc(BLOCK_BYTES);
    (key.length > BLOCK_BYTES ? createHash("sha256").update(key).digest() : key).copy(block);
    for (const [index, byte] of block.entries()) {
      this.#inner[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    }
  }

  /** The digest in base64url, 43 characters. Throws when the text is longer than 256 characters. */
  digest(text: string): string {
    if (text.length > MAX_TEXT_BYTES) throw new RangeError(`HmacSha256 takes at most ${MAX_TEXT_BYTES} characters, found ${text.length}`);
    const end = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES, "latin1");
    this.#outer.write(sha256(this.#inner.subarray(0, end), "binary"), BLOCK_BYTES, "latin1");
    return sha256(this.#outer, "base64url");
  }
}

/** `crypto.hash` came with Node 20.12. */
const sha256: (data: Buffer, encoding: "binary" | "base64url") => string = hash
  ? (data, encoding) => hash("sha256", data, encoding)
  : (data, encoding) => createHash("sha256").update(data).digest(encoding);
