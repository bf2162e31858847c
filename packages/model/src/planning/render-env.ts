import type { EnvPart, EnvValue } from "../plan.js";

/** How one target names what only it knows. */
export interface EnvNaming {
  /** The host name or address at which the users of a component find it. */
  host(of: string): string;
  /** The port at which they find it. */
  port(of: string): number | string;
  /**
   * The value of a secret, or the target's expression for it. A secret may stand inside a URL and is put there as it is, so a
   * target must generate secrets that need no percent-encoding: A-Z, a-z, 0-9, - and _ only.
   */
  secret(name: string): string;
  /** The address at which a browser outside the stack opens a public service, without a slash at its end. */
  page(of: string): string;
}

/**
 * Variables as text, in the same order.
 *
 * @example renderEnv(worker.env, { host: () => "127.0.0.1", port: (of) => ports[of], secret: (name) => secrets[name], page: (of) => pages[of] })
 * // { DB_HOST: "127.0.0.1", DB_URL: "postgres://app:s3cret@127.0.0.1:5432/app", ... }
 */
export function renderEnv(env: Readonly<Record<string, EnvValue>>, naming: EnvNaming): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.map((part) => renderPart(part, naming)).join("")]));
}

function renderPart(part: EnvPart, naming: EnvNaming): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "host":
      return naming.host(part.of);
    case "port":
      return String(naming.port(part.of));
    case "secret":
      return naming.secret(part.name);
    case "page":
      return naming.page(part.of);
  }
}
