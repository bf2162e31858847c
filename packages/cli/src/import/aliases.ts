import { envPrefix } from "@groundplan/model";

/** The alias whose variables begin so: SESSION_STORE is of "sessionStore"; `null`: none is. */
export function prefixedAlias(prefix: string): string | null {
  const plain = prefix.toLowerCase();
  const aliases = [plain.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), plain.replaceAll("_", "-")];
  return aliases.find((alias) => /^[A-Za-z][A-Za-z0-9-]*$/.test(alias) && envPrefix(alias) === prefix) ?? null;
}
