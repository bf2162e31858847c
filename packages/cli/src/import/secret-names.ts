import { nameLike } from "../init/stack-name.js";
import type { EnvEntry } from "./compose-service.js";

const SECRET = /(PASSWORD|PASSWD|_PASS$|_PWD$|SECRET|TOKEN|CREDENTIAL|API_?KEY|(^|_)KEY$|_SALT$)/i;
const NO_SECRET = /(_FILE|_PATH|_URL|_URI|_NAME|_ID|_TTL|PUBLIC|EXPIR)/i;

/** Whether a variable holds what should be written down nowhere. */
export function looksSecret({ name, text, filled }: EnvEntry): boolean {
  if (!SECRET.test(name) || NO_SECRET.test(name)) return false;
  if (text === "") return (filled?.unset.length ?? 0) > 0;
  return !/^(yes|no|true|false|\d{1,2})$/i.test(text) && !/^(\/|[a-z][a-z0-9+.-]*:\/\/)/i.test(text);
}

/** What two variables have in common that hold the same secret: the value, or where it would come from. */
export function secretIdentity({ text, filled }: EnvEntry): string {
  return text === "" ? `$${filled?.unset[0] ?? ""}` : `=${text}`;
}

/** Gives secrets their names: one for each value, so that two services that shared a password share it still. */
export class SecretNames {
  readonly #names = new Map<string, string>();
  readonly #taken: Set<string>;

  /** @param taken Names that a stack has of itself, such as those of the passwords of databases. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  nameOf(identity: string, wish: string): string {
    const known = this.#names.get(identity);
    if (known !== undefined) return known;
    const plain = nameLike(wish, "secret");
    let name = plain;
    for (let count = 2; this.#taken.has(name); count++) name = `${plain.slice(0, 36)}-${count}`;
    this.#taken.add(name);
    this.#names.set(identity, name);
    return name;
  }
}
