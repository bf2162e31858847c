import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@groundplan/model";
import { replaceFile } from "./replace-file.js";

/**
 * The values of the stack's secrets on this machine, by name: made up once, kept in `secrets.json` (readable by its owner
 * only), the same in every later run. A name that is no longer asked for is kept, since it may come back.
 *
 * @throws UserError when the file is damaged: new values would lock PostgreSQL and every signed cookie out, so none are made.
 */
export function ensureSecrets(stateFolder: string, names: readonly string[]): Readonly<Record<string, string>> {
  const path = join(stateFolder, "secrets.json");
  const known = readKnown(path);
  const missing = names.filter((name) => !Object.hasOwn(known, name));
  if (missing.length === 0) return known;
  const all = { ...known };
  // 24 bytes as base64url: 32 characters that need no escaping in a URL, a shell or a header.
  for (const name of missing) all[name] = randomBytes(24).toString("base64url");
  replaceFile(path, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600, durable: true });
  return all;
}

function readKnown(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isTextByName(value)) return value;
  } catch {
    // Not JSON: damaged, as below.
  }
  throw new UserError({
    message: `${path} is damaged: it isn't a JSON object of texts`,
    fix: `restore it from a backup, or remove its folder to start with new secrets and an empty database`,
  });
}

function isTextByName(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === "string" && text !== "");
}
