import { envPrefix } from "../env-name.js";
import type { ComponentSource, EnvPart, EnvValue } from "../plan.js";

/** The end of a link, as far as its variables tell of it. */
export interface LinkTarget {
  readonly name: string;
  readonly source: ComponentSource;
}

type Variables = readonly (readonly [name: string, value: EnvValue])[];

/** The variables that a link gives to the one who uses it: all that there is to know about the other end. */
export function linkEnv(alias: string, target: LinkTarget): Variables {
  const prefix = envPrefix(alias);
  const { source } = target;
  const address = addressEnv(alias, target);
  if (source.kind !== "postgres") return address;
  return [
    ...address,
    [`${prefix}_USER`, [text(source.user)]],
    [`${prefix}_PASSWORD`, [{ kind: "secret", name: source.passwordSecret }]],
    [`${prefix}_NAME`, [text(source.database)]],
  ];
}

/** The part that every kind of component gives: URL, host and port. */
export function addressEnv(alias: string, target: LinkTarget): Variables {
  const prefix = envPrefix(alias);
  const host: EnvPart = { kind: "host", of: target.name };
  const port: EnvPart = { kind: "port", of: target.name };
  return [
    [`${prefix}_URL`, urlOf(target.source, host, port)],
    [`${prefix}_HOST`, [host]],
    [`${prefix}_PORT`, [port]],
  ];
}

function urlOf(source: ComponentSource, host: EnvPart, port: EnvPart): EnvValue {
  switch (source.kind) {
    case "service":
      return [text("http://"), host, text(":"), port];
    case "redis":
      return [text("redis://"), host, text(":"), port];
    case "postgres": {
      // Secrets are URL-safe by contract (see renderEnv), and the builder takes no other user and database.
      const password: EnvPart = { kind: "secret", name: source.passwordSecret };
      return [text(`postgres://${source.user}:`), password, text("@"), host, text(":"), port, text(`/${source.database}`)];
    }
  }
}

function text(value: string): EnvPart {
  return { kind: "text", text: value };
}
