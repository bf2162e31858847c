/** The tag of images that are built here, unless TAG says otherwise. */
export const DEFAULT_TAG = "latest";

/** Name, without a tag, of the image that is built for a service of a stack. */
export function imageNameOf(stack: string, service: string): string {
  return `${stack}/${service}`;
}

/** Whether a reference names one version: by a digest, or by a tag that does not move by its meaning. */
export function isPinned(image: string): boolean {
  if (image.includes("@")) return true;
  const tag = image.slice(image.lastIndexOf("/") + 1).split(":")[1];
  return tag !== undefined && tag !== "" && tag !== "latest";
}

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

/** Secret -> the variable of .env that holds it: DB_PASSWORD. `published`: names of what may publish a port. */
export function secretSettings(secrets: readonly string[], published: readonly string[]): ReadonlyMap<string, string> {
  const ports = published.map(portSetting);
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
