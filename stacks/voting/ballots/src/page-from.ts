/** The address of another page from a variable; `null` when it is not set. Throws a sentence for the operator when it is no http address. */
export function pageFrom(name: string): string | null {
  const address = process.env[name];
  if (!address) return null;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new Error(`${name} must be an http address, found "${address}"`);
  return address;
}

/** Text as it may stand anywhere in HTML, attributes in quotes included. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
