import { type HclValue, indent, quoted, renderAssignments } from "./hcl-value.js";

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
