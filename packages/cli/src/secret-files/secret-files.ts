import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ensureSecrets } from "@groundplan/local";
import type { SecretFile } from "@groundplan/targets";
import { textOf, writeFileAtomically } from "../output/write-files.js";

const OWNER_ONLY = 0o600;

/** A secret file after it was written, or left as it is. */
export interface WrittenSecretFile {
  readonly path: string;
  readonly secrets: number;
  /** "kept": it had all that is needed. */
  readonly change: "wrote" | "completed" | "kept";
}

/**
 * Writes the files that hold secrets, readable by their owner only. The values are those of the state folder, which `up` uses
 * too: made up once, the same in every folder that is written. What a file holds already stays.
 *
 * @throws UserError when the state folder's secrets are damaged.
 */
export function writeSecretFiles(folder: string, files: readonly SecretFile[], stateFolder: string): readonly WrittenSecretFile[] {
  if (files.length === 0) return [];
  mkdirSync(stateFolder, { recursive: true });
  const secrets = ensureSecrets(stateFolder, [...new Set(files.flatMap(secretNames))].sort());
  return files.map((file) => {
    const path = join(folder, file.path);
    const present = textOf(path);
    const wanted = renderSecretFile(file, secrets);
    const text = present === null ? wanted : file.form === "env" ? mergeEnv(present, wanted) : present;
    if (text !== present) writeFileAtomically(path, text, OWNER_ONLY);
    chmodSync(path, OWNER_ONLY);
    const change = present === null ? "wrote" : text === present ? "kept" : "completed";
    return { path: file.path, secrets: secretNames(file).length, change };
  });
}

/** What `folder` lacks of the files with secrets: a line for each that is missing or lacks a name. No value is read out. */
export function secretDifferences(folder: string, files: readonly SecretFile[]): readonly string[] {
  return files.flatMap((file) => {
    const present = textOf(join(folder, file.path));
    if (present === null) return [`${file.path} is missing`];
    if (file.form === "value") return [];
    const known = envNames(present);
    const missing = envNames(renderSecretFile(file, {})).filter((name) => !known.includes(name));
    return missing.length === 0 ? [] : [`${file.path} lacks ${missing.join(", ")}`];
  });
}

/** @example describeSecretFile(file, "out")   // "wrote out/.env (2 secrets, kept out of git)" */
export function describeSecretFile({ path, secrets, change }: WrittenSecretFile, folder: string): string {
  const count = secrets === 0 ? "" : `${secrets} secret${secrets === 1 ? "" : "s"}, `;
  return `${change} ${join(folder, path)} (${count}kept out of git)`;
}

/** Names of the secrets whose values the file holds, each once. */
function secretNames(file: SecretFile): readonly string[] {
  return [...new Set(file.parts.flatMap((part) => (part.kind === "secret" ? [part.name] : [])))];
}

/** The file as it would be written anew. */
function renderSecretFile(file: SecretFile, secrets: Readonly<Record<string, string>>): string {
  return file.parts.map((part) => (part.kind === "text" ? part.text : (secrets[part.name] ?? ""))).join("");
}

/** Names that a text of lines `NAME=value` sets, in their order. */
export function envNames(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => nameOf(line) ?? []);
}

/** Value of a name in such a text, quotes around it taken away; `null`: it is not set. A later line counts. */
export function envValue(text: string, name: string): string | null {
  const line = text.split("\n").findLast((candidate) => nameOf(candidate) === name);
  return line === undefined
    ? null
    : line
        .slice(line.indexOf("=") + 1)
        .trim()
        .replace(/^(["'])(.*)\1$/, "$2");
}

/**
 * Keeps every line of `present`, and adds those lines of `wanted` whose name it lacks, each with the comment above it.
 *
 * @example mergeEnv("A=mine\n", "# first\nA=1\n# second\nB=2\n")   // "A=mine\n# second\nB=2\n"
 */
export function mergeEnv(present: string, wanted: string): string {
  const known = new Set(envNames(present));
  const added: string[] = [];
  let comment: string[] = [];
  for (const line of wanted.trimEnd().split("\n")) {
    const name = nameOf(line);
    if (name === null) {
      comment = line.trim() === "" ? [] : [...comment, line];
      continue;
    }
    if (!known.has(name)) added.push(...comment, line);
    comment = [];
  }
  if (added.length === 0) return present;
  const start = present === "" || present.endsWith("\n") ? present : `${present}\n`;
  return `${start}${added.join("\n")}\n`;
}

function nameOf(line: string): string | null {
  return /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1] ?? null;
}
