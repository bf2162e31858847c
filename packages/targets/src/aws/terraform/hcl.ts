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
function renderAssignments(entries: readonly (readonly [name: string, value: HclValue])[]): readonly string[] {
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

const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ");

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

/** A part of a body, in the order of the file. */
export type HclItem = Attribute | Block | Comment | Gap;

export interface Attribute {
  readonly hcl: "attribute";
  readonly name: string;
  readonly value: HclValue;
}

export interface Block {
  readonly hcl: "block";
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: readonly HclItem[];
}

/** Lines that say why, above what they explain. */
interface Comment {
  readonly hcl: "comment";
  readonly text: string;
}

/** An empty line, where blocks do not bring one. */
interface Gap {
  readonly hcl: "gap";
}

export const gap: HclItem = { hcl: "gap" };

export const attribute = (name: string, value: HclValue): HclItem => ({ hcl: "attribute", name, value });

export const attributes = (values: Readonly<Record<string, HclValue>>): readonly HclItem[] =>
  Object.entries(values).map(([name, value]) => attribute(name, value));

export const block = (type: string, labels: readonly string[], ...body: readonly HclItem[]): HclItem => ({
  hcl: "block",
  type,
  labels,
  body,
});

export const comment = (...lines: readonly string[]): HclItem => ({ hcl: "comment", text: lines.join("\n") });

/** What a file is about, above an empty line. */
export const heading = (...lines: readonly string[]): readonly HclItem[] => [comment(...lines), gap];

/** A file, as `terraform fmt` leaves it. Blocks have an empty line around them; comments belong to what follows. */
export function renderHcl(items: readonly HclItem[]): string {
  return `${renderBody(items)}\n`;
}

function renderBody(items: readonly HclItem[]): string {
  const lines: string[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as HclItem;
    const before = items[index - 1];
    if (before !== undefined && standsApart(before, item, items.slice(index))) lines.push("");
    switch (item.hcl) {
      case "comment":
        lines.push(...item.text.split("\n").map((line) => `# ${line}`));
        break;
      case "block":
        lines.push(renderBlock(item));
        break;
      case "attribute": {
        const run = attributesFrom(items, index);
        lines.push(...renderAssignments(run.map(({ name, value }) => [name, value])));
        index += run.length - 1;
        break;
      }
      case "gap":
        break;
    }
  }
  return lines.join("\n");
}

/** Whether an empty line parts `item` from the one before it. `rest` begins with `item`. */
function standsApart(before: HclItem, item: HclItem, rest: readonly HclItem[]): boolean {
  if (item.hcl === "gap" || before.hcl === "comment") return false;
  if (before.hcl === "gap" || before.hcl === "block" || item.hcl === "block") return true;
  return item.hcl === "comment" && rest.find(({ hcl }) => hcl !== "comment")?.hcl === "block";
}

function attributesFrom(items: readonly HclItem[], start: number): readonly Attribute[] {
  const end = items.findIndex((item, index) => index > start && item.hcl !== "attribute");
  return items.slice(start, end === -1 ? items.length : end) as Attribute[];
}

function renderBlock({ type, labels, body }: Block): string {
  const head = [type, ...labels.map(quoted)].join(" ");
  return body.length === 0 ? `${head} {}` : `${head} {\n${indent(renderBody(body))}\n}`;
}

/** A host's name as Terraform's own names are written: `payment-api` gives `payment_api`. */
export const labelOf = (name: string): string => name.replaceAll("-", "_");

export const reference = (type: string, label: string, attribute: string): Raw => raw(`${type}.${label}.${attribute}`);

/** A policy document of IAM, S3 or SNS. */
export const policy = (...statements: readonly HclObject[]) => call("jsonencode", { Version: "2012-10-17", Statement: statements });
