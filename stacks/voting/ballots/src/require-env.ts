import { readFileSync } from "node:fs";

/**
 * A variable that the service cannot do without: the value of `name` or, where that is not set, of the file whose path is in `name`_FILE
 * (as container engines give secrets), without the line break at its end. Throws a sentence for the operator.
 */
export function requireEnv(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name] || readSecret(name, env[`${name}_FILE`]);
  if (!value) throw new Error(`${name} is not set, and neither is ${name}_FILE, the path of a file that holds it`);
  return value;
}

function readSecret(name: string, path: string | undefined): string | null {
  if (!path) return null;
  let value: string;
  try {
    value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new Error(`${name}_FILE leads to no file that can be read: ${(error as Error).message}`);
  }
  if (value === "") throw new Error(`the file in ${name}_FILE is empty: ${path}`);
  return value;
}
