import { createHmac, timingSafeEqual } from "node:crypto";
import { isUuid } from "./ballot.js";
import { HmacSha256 } from "./hmac-sha256.js";

/** Of 6 bits each (base64url). */
const VOTER_SEAL_LENGTH = 22;
const RECEIPT_SEAL_LENGTH = 12;

/**
 * Signs and checks what the stack hands out: voter cookies and ballot receipts, both `<uuid>.<seal>`.
 * The seal lets the result service tell a ballot that is still queued from one that never was, without asking the queue:
 * a receipt is given only after its ballot is durable, and nobody else can make one.
 */
export class Keyring {
  readonly #key: Buffer;
  readonly #hmac: HmacSha256;

  /** @param secret Shared by the vote and result services; at least 16 characters. */
  constructor(secret: string) {
    if (secret.length < 16) throw new Error("VOTER_KEY must have at least 16 characters");
    this.#key = Buffer.from(secret);
    this.#hmac = new HmacSha256(this.#key);
  }

  /** The signed value of the cookie `voter_id`. */
  signVoter(voter: string): string {
    return `${voter}.${this.#seal("voter", voter, VOTER_SEAL_LENGTH)}`;
  }

  /** The voter of a signed cookie value; `null` when it was not signed by us. */
  openVoter(cookie: string): string | null {
    return this.#open("voter", cookie, VOTER_SEAL_LENGTH);
  }

  /** What a voter gets for a ballot, to look it up later. */
  signReceipt(ballotId: string): string {
    return `${ballotId}.${this.#seal("ballot", ballotId, RECEIPT_SEAL_LENGTH)}`;
  }

  /** The ballot of a receipt; `null` when it is not one of ours. */
  openReceipt(receipt: string): string | null {
    return this.#open("ballot", receipt, RECEIPT_SEAL_LENGTH);
  }

  /** The same id for the same words, so that a retry of a request gives the same voter and the same ballot. */
  deriveId(...words: readonly string[]): string {
    return uuidFromBytes(createHmac("sha256", this.#key).update(JSON.stringify(words)).digest());
  }

  #seal(purpose: string, id: string, length: number): string {
    return this.#hmac.digest(purpose + id).slice(0, length);
  }

  #open(purpose: string, signed: string, length: number): string | null {
    const id = signed.slice(0, 36);
    if (signed[36] !== "." || !isUuid(id)) return null;
    const expected = Buffer.from(this.#seal(purpose, id, length));
    const found = Buffer.from(signed.slice(37));
    return found.length === expected.length && timingSafeEqual(found, expected) ? id : null;
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8: free-form) from the first 16 bytes of a digest. */
export function uuidFromBytes(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
