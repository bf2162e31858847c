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
