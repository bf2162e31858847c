const NAMES = new Set([
  "PATH",
  "HOME",
  "LANG",
  "TZ",
  "TMPDIR",
  "TMP",
  "TEMP",
  "USER",
  "LOGNAME",
  "SYSTEMROOT",
  "COMSPEC",
  "PATHEXT",
  "USERPROFILE",
]);

/**
 * The little that a part inherits from the user's terminal: where programs and folders are, the language, what Node reads. Anything
 * else it must get from the stack file, or it would work here and nowhere else.
 */
export function inheritedEnv(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (NAMES.has(name.toUpperCase()) || name.startsWith("LC_") || name.startsWith("NODE_"))) kept[name] = value;
  }
  return kept;
}
