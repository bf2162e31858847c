import type { StackUrls } from "./stack-client.js";

/** Where `npm start` runs the stack, if nothing else has the ports. */
export const DEFAULT_URLS: StackUrls = { vote: "http://127.0.0.1:8080", result: "http://127.0.0.1:8081" };

/** The options that say where the stack is. */
export const PLACE_OPTIONS = { vote: "URL", result: "URL", db: "URL" } as const;

export const PLACE_HELP = `  --vote URL     the vote service     (default ${DEFAULT_URLS.vote})
  --result URL   the result service   (default ${DEFAULT_URLS.result})
  --db URL       the database, to check its tables too (default the variable DB_URL, else that of
                 the stack that npm start runs here), for example postgres://app:secret@127.0.0.1:5432/app`;

export interface Places extends StackUrls {
  /** Of the database; `undefined`: not given. */
  readonly db: string | undefined;
}

/** The places among the options, and a sentence for each that is none. */
export function parsePlaces(values: ReadonlyMap<string, string>): { readonly places: Places; readonly problems: readonly string[] } {
  const { vote = DEFAULT_URLS.vote, result = DEFAULT_URLS.result, db } = Object.fromEntries(values);
  const problems = [
    ...[vote, result].filter((url) => !isUrl(url, ["http:"])).map((url) => `"${url}" is not an http:// address`),
    // The address may hold a password, so it is not shown.
    ...(db !== undefined && !isUrl(db, ["postgres:", "postgresql:"]) ? ["--db is not a postgres:// address"] : []),
  ];
  return { places: { vote, result, db }, problems };
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}
