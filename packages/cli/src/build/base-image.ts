/**
 * The image that the last stage of a Dockerfile starts from, its build arguments filled in; `null`: from nothing ("scratch"), or
 * that cannot be told.
 *
 * @param base What is given as `BASE`; `null`: the default of the Dockerfile counts.
 */
export function baseImage(dockerfile: string, base: string | null): string | null {
  const args = new Map<string, string>();
  const stages = new Map<string, string>();
  let last: string | null = null;
  for (const line of dockerfile.split("\n")) {
    const arg = /^\s*ARG\s+(\w+)(?:=(\S+))?/i.exec(line);
    if (arg !== null && last === null) args.set(arg[1] ?? "", unquoted(arg[2] ?? ""));
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (from === null) continue;
    if (base !== null && args.has("BASE")) args.set("BASE", base);
    const image = filled(unquoted(from[1] ?? ""), args);
    last = stages.get(image) ?? image;
    if (from[2] !== undefined) stages.set(from[2], last);
  }
  return last === null || last === "" || last === "scratch" || last.includes("$") ? null : last;
}

function filled(text: string, args: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (whole, braced, fallback, bare) => args.get(braced ?? bare) || fallback || whole,
  );
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}
