import { createHash, hash, timingSafeEqual } from "node:crypto";
import { isUuid } from "./ballot.js";

/** Of 6 bits each (base64url). */
const VOTER_SEAL_LENGTH = 22;

const RECEIPT_SEAL_LENGTH = 12;

const MIN_KEY_LENGTH = 16;

const LIST = /^[^\s,]*(\s*,\s*[^\s,]*)+$/;

const BLOCK_BYTES = 64;

const DIGEST_BYTES = 32;

const MAX_TEXT_BYTES = 256;

/** `crypto.hash` came with Node 20.12. */
const sha256: (data: Buffer, encoding: "binary" | "base64url") => string = hash
  ? (data, encoding) => hash("sha256", data, encoding)
  : (data, encoding) => createHash("sha256").update(data).digest(encoding);

/**
 * Signs and checks what the stack hands out: voter cookies and ballot receipts, both `<uuid>.<seal>`.
 * The seal lets the result service tell a ballot that is still queued from one that never was, without asking the queue:
 * a receipt is given only after its ballot is durable, and nobody else can make one.
 */
export class Keyring {
  /** The first one signs, all of them verify. */
  readonly #hmacs: readonly [HmacSha256, ...HmacSha256[]];

  /**
   * @param secret Shared by the vote and result services: a key of at least 16 characters, or several with commas between them. The first
   * signs, all verify; so a key is changed by adding the new one behind the old one, then putting it first, then taking the old one out.
   * A text with spaces in it is one key, whatever commas it has.
   */
  constructor(secret: string) {
    const keys = LIST.test(secret) ? secret.split(",").map((key) => key.trim()) : [secret];
    if (keys.some((key) => key.length < MIN_KEY_LENGTH))
      throw new Error(`VOTER_KEY must have at least ${MIN_KEY_LENGTH} characters${keys.length > 1 ? " in each of its keys" : ""}`);
    this.#hmacs = keys.map((key) => new HmacSha256(Buffer.from(key))) as [HmacSha256, ...HmacSha256[]];
  }

  /** The signed value of the cookie `voter_id`. */
  signVoter(voter: string): string {
    return `${voter}.${seal(this.#hmacs[0], "voter", voter, VOTER_SEAL_LENGTH)}`;
  }

  /** The voter of a signed cookie value; `null` when it was not signed by us. */
  openVoter(cookie: string): string | null {
    return this.#open("voter", cookie, VOTER_SEAL_LENGTH);
  }

  /** Whether a value that opens was signed with an older key, and should be signed anew before that one is taken out. */
  isOutdated(cookie: string): boolean {
    return this.#hmacs.length > 1 && this.signVoter(cookie.slice(0, 36)) !== cookie;
  }

  /** What a voter gets for a ballot, to look it up later. */
  signReceipt(ballotId: string): string {
    return `${ballotId}.${seal(this.#hmacs[0], "ballot", ballotId, RECEIPT_SEAL_LENGTH)}`;
  }

  /** The ballot of a receipt; `null` when it is not one of ours. */
  openReceipt(receipt: string): string | null {
    return this.#open("ballot", receipt, RECEIPT_SEAL_LENGTH);
  }

  #open(purpose: string, signed: string, length: number): string | null {
    const id = signed.slice(0, 36);
    if (signed[36] !== "." || !isUuid(id)) return null;
    const found = Buffer.from(signed.slice(37));
    if (found.length !== length) return null;
    return this.#hmacs.some((hmac) => timingSafeEqual(found, Buffer.from(seal(hmac, purpose, id, length)))) ? id : null;
  }
}

const seal = (hmac: HmacSha256, purpose: string, id: string, length: number): string => hmac.digest(purpose + id).slice(0, length);

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
