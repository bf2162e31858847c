/** What may stand after `name =`. Objects keep the order of their entries. */
export type HclValue = string | number | boolean | null | Raw | readonly HclValue[] | HclObject;

export interface HclObject {
  readonly [key: string]: HclValue;
}

/** An expression, written as it is: a reference, a call. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An expression, written as it is. */
export const raw = (text: string): Raw => new Raw(text);

const LONGEST_LINE = 100;

/** A call of a function, for example `jsonencode({...})`. */
export const call = (name: string, ...values: readonly HclValue[]): Raw =>
  raw(`${name}(${values.map((value) => renderValue(value)).join(", ")})`);

/** A string as Terraform reads it back, every character of it: quotes, line ends and template marks are escaped. */
export function quoted(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replace(/[$%](?=\{)/g, "$&$&");
  return `"${escaped}"`;
}

/** A value as `terraform fmt` leaves it: short lists and objects with one entry on one line, everything else a line each. */
export function renderValue(value: HclValue): string {
  if (value === null) return "null";
  if (value instanceof Raw) return value.text;
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return renderList(value);
  return renderObject(value);
}

/** Lines `name = value`. Neighbours on one line each have their `=` in one column; what takes several lines stands for itself. */
export function renderAssignments(entries: readonly (readonly [name: string, value: HclValue])[]): readonly string[] {
  const rendered = entries.map(([name, value]) => ({ name, text: renderValue(value) }));
  return rendered.map(({ name, text }, index) => {
    const isLong = (at: number) => rendered[at]?.text.includes("\n") ?? true;
    if (isLong(index)) return `${name} = ${text}`;
    let first = index;
    let last = index;
    while (!isLong(first - 1)) first--;
    while (!isLong(last + 1)) last++;
    const width = Math.max(...rendered.slice(first, last + 1).map((neighbour) => neighbour.name.length));
    return `${name.padEnd(width)} = ${text}`;
  });
}

export const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ");

function renderList(values: readonly HclValue[]): string {
  const items = values.map((value) => renderValue(value));
  const line = `[${items.join(", ")}]`;
  if (line.length <= LONGEST_LINE && !line.includes("\n")) return line;
  return `[\n${indent(items.map((item) => `${item},`).join("\n"))}\n]`;
}

function renderObject(value: HclObject): string {
  const entries = Object.entries(value).map(([key, entry]) => [/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : quoted(key), entry] as const);
  if (entries.length === 0) return "{}";
  const lines = renderAssignments(entries).join("\n");
  // What has one entry is a name for it rather than a list of things.
  return entries.length === 1 && !lines.includes("\n") && lines.length <= LONGEST_LINE ? `{ ${lines} }` : `{\n${indent(lines)}\n}`;
}

function isList(value: object): value is readonly HclValue[] {
  return Array.isArray(value);
}
