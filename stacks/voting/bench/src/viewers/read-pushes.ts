/** What the bench reads of an event. */
export interface Push {
  /** When the service began to push it, in ms since 1970. */
  readonly publishedAtMs: number;
  readonly total: number;
}

const END = "\n\n";

/** The pushes that are whole in what a stream brought so far, and what is left of it. Whatever else the stream says is passed over. */
export function readPushes(stream: string): { readonly pushes: readonly Push[]; readonly rest: string } {
  const parts = stream.split(END);
  const rest = parts.pop() as string;
  return { pushes: parts.flatMap(parsePush), rest };
}

function parsePush(event: string): readonly Push[] {
  const total = /"total":(\d+)/.exec(event)?.[1];
  const publishedAt = /"publishedAt":"([^"]+)"/.exec(event)?.[1];
  return total === undefined || publishedAt === undefined ? [] : [{ total: Number(total), publishedAtMs: Date.parse(publishedAt) }];
}
