import { type Ballot, isUuid } from "./ballot.js";

/** A ballot as one line, for the queue in Redis: id, voter, option and time, with spaces between. The voter and the option have none. */
export function ballotText({ id, voter, option, acceptedAtMs }: Ballot): string {
  return `${id} ${voter} ${option} ${acceptedAtMs.toFixed(2)}`;
}

/** The ballot of such a line; `null` when it is none. */
export function parseBallotText(text: string): Ballot | null {
  const [id, voter, option, at, ...rest] = text.split(" ");
  const acceptedAtMs = Number(at);
  if (!id || !isUuid(id) || !isColumnText(voter) || !isColumnText(option) || !at || !Number.isFinite(acceptedAtMs) || rest.length > 0)
    return null;
  return { id, voter, option, acceptedAtMs };
}

/** What fits a column of the table: VARCHAR(255), which cannot hold a NUL. */
export function isColumnText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 255 && !value.includes("\0");
}
