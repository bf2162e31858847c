import { type PlannedComponent, renderEnv } from "@groundplan/model";

/** What only this machine knows. */
export interface LocalNames {
  /** Component -> the port where it listens on 127.0.0.1. */
  readonly ports: Readonly<Record<string, number>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * The variables that a service gets on this machine.
 *
 * @throws Error when a port or a secret that it asks for is not there.
 */
export function envOf(component: PlannedComponent, { ports, secrets }: LocalNames): Readonly<Record<string, string>> {
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`${component.name} asks for ${what}, which doesn't exist`);
    return value;
  };
  const env = renderEnv(component.env, {
    host: () => "127.0.0.1",
    port: (of) => found(ports[of], `the port of ${of}`),
    secret: (name) => found(secrets[name], `the secret ${name}`),
    page: (of) => `http://127.0.0.1:${found(ports[of], `the page of ${of}`)}`,
  });
  // HOST: most servers listen on all addresses unless told otherwise; nothing here is for the rest of the network.
  return { HOST: "127.0.0.1", ...env };
}
