/** What every shell, Docker and systemd take as the name of a variable. */
export function isEnvName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** The first part of the variables of a link: "queue" gives QUEUE, "voteStore" and "vote-store" give VOTE_STORE. */
export function envPrefix(alias: string): string {
  return alias
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();
}
