/** One of the answers that a poll offers. */
export interface PollOption {
  /** Short and stable: what is stored. */
  readonly id: string;
  /** What people read. */
  readonly label: string;
}

const OPTION_ID = /^[a-z0-9][a-z0-9_-]{0,31}$/;

const MAX_OPTIONS = 26;

/**
 * The poll's options. `OPTIONS` lists them: "Cats, Dogs, Birds" (ids a, b, c) or with ids of their own "cat=Cats, dog=Dogs".
 * Without it there are two, a and b, named by `OPTION_A` (default Cats) and `OPTION_B` (default Dogs).
 * Throws a sentence for the operator when the list cannot be used.
 */
export function optionsFrom(env: Readonly<Record<string, string | undefined>>): readonly PollOption[] {
  const list = env.OPTIONS?.trim();
  if (!list) {
    return [
      { id: "a", label: env.OPTION_A?.trim() || "Cats" },
      { id: "b", label: env.OPTION_B?.trim() || "Dogs" },
    ];
  }
  const options = list.split(",").map(parseOption);
  const ids = new Set(options.map((option) => option.id));
  if (options.length < 2 || options.length > MAX_OPTIONS) {
    throw new Error(`OPTIONS must list 2 to ${MAX_OPTIONS} options, separated by commas; found ${options.length}`);
  }
  if (ids.size < options.length) throw new Error("OPTIONS must give each option an id of its own");
  return options;
}

function parseOption(text: string, index: number): PollOption {
  const equals = text.indexOf("=");
  const id = equals < 0 ? String.fromCharCode(97 + index) : text.slice(0, equals).trim();
  const label = text.slice(equals + 1).trim();
  if (!OPTION_ID.test(id)) throw new Error(`OPTIONS: "${id}" cannot be an id; use lower-case letters, digits, - and _ (at most 32)`);
  if (label === "") throw new Error(`OPTIONS: option ${index + 1} has no label`);
  return { id, label };
}

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
