import { SHIPPED } from "./shipped-files.generated.js";

/** A file in shipped/, where playbooks, tasks and Python lie as the files that they are: editors and linters read them there. */
export type ShippedFile = keyof typeof SHIPPED;

/**
 * The text of a shipped file, its placeholders (`__HOST__`) filled in. One that is a whole YAML value is written as a plain scalar.
 *
 * @throws Error when a placeholder has no value, or a value no placeholder: a bug of the caller.
 */
export function shipped(path: ShippedFile, values: Readonly<Record<string, string>> = {}): string {
  const unused = new Set(Object.keys(values));
  const given = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path} has a placeholder __${name}__, and nothing was given for it`);
    unused.delete(name);
    return value;
  };
  const text = SHIPPED[path]
    .replace(/(?<=^ *(?:- )?\w+: (?:\[(?:.*, )?)?)__([A-Z_]+)__(?=\]?$)/gm, (_, name: string) => plainScalar(given(name)))
    .replace(/__([A-Z_]+)__/g, (_, name: string) => given(name));
  if (unused.size > 0) throw new Error(`${path} has no placeholder for ${[...unused].join(", ")}`);
  return text;
}

/** What readers of YAML 1.1, such as Ansible's, take for something else than text. */
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null)$/;

/** A name of the stack as a YAML value. */
export function plainScalar(name: string): string {
  return NOT_TEXT.test(name) ? `"${name}"` : name;
}
