/** A value of Terraform's language as it travels to a provider and back. A set is a list whose order says nothing. */
export type Value = null | string | number | boolean | Unknown | readonly Value[] | Values;

/** The attributes and blocks of a resource, or a map. */
export interface Values {
  readonly [name: string]: Value;
}

class Unknown {
  /** Tells it from an object of values for the compiler. */
  readonly isUnknown = true as const;
}

/** What is decided only by applying. */
export const UNKNOWN = new Unknown();

export function isUnknown(value: Value | undefined): value is Unknown {
  return value instanceof Unknown;
}

export function isValues(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isUnknown(value);
}

/** A list's or set's elements; of anything else none. */
function elementsOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** `null`: not a text, not known, or not there. An empty text counts as not there, as the AWS provider has it. */
export function textOf(value: Value | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function textsOf(value: Value | undefined): readonly string[] {
  return elementsOf(value).flatMap((element) => textOf(element) ?? []);
}

/** The blocks of a name: none, one or several, however they are nested. */
export function blocksOf(value: Value | undefined): readonly Values[] {
  return isValues(value) ? [value] : elementsOf(value).filter(isValues);
}

export function equalValues(one: Value | undefined, other: Value | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => equalValues(value, other[index]));
  if (isValues(one) && isValues(other)) {
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => name in other && equalValues(one[name], other[name]));
  }
  return one === other;
}
