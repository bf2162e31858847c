import { generateKeyPairSync } from "node:crypto";

/** A public key in OpenSSH's form whose private half nobody has: https://www.rfc-editor.org/rfc/rfc8709 */
export function exampleKey(): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const name = Buffer.from("ssh-ed25519");
  return `ssh-ed25519 ${Buffer.concat([lengthOf(name), name, lengthOf(raw), raw]).toString("base64")} proof`;
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
