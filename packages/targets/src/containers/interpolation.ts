/** Text as a Compose file takes it for itself: a `$` in it begins no variable. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** The value of a variable of the user's environment, with a default. */
export function setting(name: string, fallback: string | number): string {
  return `\${${name}:-${fallback}}`;
}
