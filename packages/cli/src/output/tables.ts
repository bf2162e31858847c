/** Rows as aligned columns under their titles. No borders, no trailing blanks, so that other programs can cut it. */
export function renderTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles.map((title) => title.toUpperCase()), ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A headline, then a row for each page that a person may open, then how to stop. */
export function renderAddresses(headline: string, pages: readonly (readonly [name: string, url: string])[], ending: string): string {
  const width = Math.max(0, ...pages.map(([name]) => name.length));
  const rows = pages.map(([name, url]) => `  ${name.padEnd(width)}   ${url}`);
  return ["", headline, "", ...(rows.length === 0 ? [] : [...rows, ""]), ending, ""].join("\n");
}
