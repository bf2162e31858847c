import type { Plan } from "@groundplan/model";

/** The variable that says where the port of a public service is published: VOTE_PORT. */
export function portSetting(service: string): string {
  return `${upperSnake(service)}_PORT`;
}

/** The variable that says where a database of a Swarm runs: DB_NODE. */
export function nodeSetting(database: string): string {
  return `${upperSnake(database)}_NODE`;
}

/** Variables that mean something already: in these files, to the engine's programs, or in every shell, whose values win over .env. */
const TAKEN =
  /^(TAG|REGISTRY|BIND_ADDRESS|MONITORING_BIND_ADDRESS|PUBLIC_HOST|COMPOSE_.*|DOCKER_.*|PATH|HOME|USER|LOGNAME|SHELL|PWD|TERM|LANG|HOSTNAME|TMPDIR|EDITOR)$/;

/** The programs of monitoring that people open. */
const MONITORING_PAGES = ["prometheus", "grafana"];

/** Secret -> the variable of .env that holds it: DB_PASSWORD. */
export function secretSettings({ secrets, components, monitoring }: Plan): ReadonlyMap<string, string> {
  const pages = monitoring === null ? [] : MONITORING_PAGES;
  const ports = [...components.map(({ name }) => name), ...pages].map(portSetting);
  return new Map(
    secrets.map((secret) => {
      const name = upperSnake(secret);
      // No secret's name ends in a hyphen, so no other one becomes this.
      return [secret, TAKEN.test(name) || ports.includes(name) ? `${name}_` : name];
    }),
  );
}

function upperSnake(name: string): string {
  return name.replaceAll("-", "_").toUpperCase();
}
