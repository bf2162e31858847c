import { timingSafeEqual } from "node:crypto";
import { isUuid } from "./ballot.js";
import { HmacSha256 } from "./hmac-sha256.js";

/** Of 6 bits each (base64url). */
const VOTER_SEAL_LENGTH = 22;
const RECEIPT_SEAL_LENGTH = 12;
const MIN_KEY_LENGTH = 16;
const LIST = /^[^\s,]*(\s*,\s*[^\s,]*)+$/;

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
