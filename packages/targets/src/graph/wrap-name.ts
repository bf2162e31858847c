const LONGEST_LINE = 20;

/** Breaks a long name into two lines, at the hyphen nearest to its middle. */
export function wrapName(name: string): readonly string[] {
  if (name.length <= LONGEST_LINE) return [name];
  const middle = name.length / 2;
  const hyphens = [...name].flatMap((letter, index) => (letter === "-" ? [index + 1] : []));
  // Without a hyphen the middle will do.
  const [cut = Math.ceil(middle)] = hyphens.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return [name.slice(0, cut), name.slice(cut)];
}
