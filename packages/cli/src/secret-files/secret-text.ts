import type { SecretFile } from "@groundplan/targets";

/** Names of the secrets whose values the file holds, each once. */
export function secretNames(file: SecretFile): readonly string[] {
  return [...new Set(file.parts.flatMap((part) => (part.kind === "secret" ? [part.name] : [])))];
}

/** The file as it would be written anew. */
export function renderSecretFile(file: SecretFile, secrets: Readonly<Record<string, string>>): string {
  return file.parts.map((part) => (part.kind === "text" ? part.text : (secrets[part.name] ?? ""))).join("");
}
