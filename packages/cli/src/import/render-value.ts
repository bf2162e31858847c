/** Source text that is written as it is, such as the name of a constant. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Shown = string | number | boolean | Code | readonly Shown[] | { readonly [key: string]: Shown };

const WIDTH = 140;

/**
 * A value in TypeScript as a formatter leaves it: in a line where there is room for it, else with a line for each part.
 *
 * @param before How many columns stand before it on its line.
 * @param after How many follow on its last line.
 */
export function renderValue(value: Shown, indent: number, before: number, after: number): string {
  const flat = renderFlat(value);
  if (before + flat.length + after <= WIDTH || typeof value !== "object" || value instanceof Code) return flat;
  const inner = " ".repeat(indent + 2);
  const line = (key: string, item: Shown) => `${inner}${key}${renderValue(item, indent + 2, indent + 2 + key.length, 1)},\n`;
  if (Array.isArray(value)) return `[\n${value.map((item) => line("", item)).join("")}${" ".repeat(indent)}]`;
  const lines = Object.entries(value).map(([key, item]) =>
    isShorthand(key, item) ? `${inner}${key},\n` : line(`${keyText(key)}: `, item),
  );
  return `{\n${lines.join("")}${" ".repeat(indent)}}`;
}

function renderFlat(value: Shown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map(renderFlat).join(", ")}]`;
  const parts = Object.entries(value).map(([key, item]) => (isShorthand(key, item) ? key : `${keyText(key)}: ${renderFlat(item)}`));
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function isShorthand(key: string, value: Shown): boolean {
  return value instanceof Code && value.text === key;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** In double quotes, unless single ones need fewer escapes. */
export function quote(text: string): string {
  const double = JSON.stringify(text);
  const count = (letter: string) => text.split(letter).length - 1;
  if (count('"') <= count("'")) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
