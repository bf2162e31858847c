/** A headline, then a row for each page that a person may open, then how to stop. */
export function renderAddresses(headline: string, pages: readonly (readonly [name: string, url: string])[], ending: string): string {
  const width = Math.max(0, ...pages.map(([name]) => name.length));
  const rows = pages.map(([name, url]) => `  ${name.padEnd(width)}   ${url}`);
  return ["", headline, "", ...(rows.length === 0 ? [] : [...rows, ""]), ending, ""].join("\n");
}
