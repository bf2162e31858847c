import type { Bytes } from "./exchange.js";

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; of a repeated header all values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** As UTF-8. */
  readonly body: string;
}

/** What the reader must know of the request to find the end of its answer. */
export interface AnswerFrame {
  /** The request was HEAD. */
  readonly bodyless?: boolean;
  /** The body has no end: the head is the answer. */
  readonly openEnded?: boolean;
}

/** What came is no answer as RFC 9112 has it. */
export class BadAnswer extends Error {}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;

/** Reads answers out of a connection's bytes, however they are cut, and takes nothing that is not one. */
export class ResponseReader {
  readonly #frameOf: (index: number) => AnswerFrame;
  readonly #answers: Answer[] = [];
  #unread: Bytes = "";

  /** @param frameOf What is known of the request with this index. */
  constructor(frameOf: (index: number) => AnswerFrame) {
    this.#frameOf = frameOf;
  }

  /** The final answers so far; interim ones (1xx) are passed over. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  /** Bytes that are no whole answer yet. */
  get unread(): Bytes {
    return this.#unread;
  }

  /** Throws BadAnswer at the first byte that cannot be part of an answer. */
  feed(bytes: Bytes): void {
    this.#unread += bytes;
    while (this.#readOne());
  }

  #readOne(): boolean {
    const headEnd = this.#unread.indexOf("\r\n\r\n");
    if (headEnd < 0) {
      if (!"HTTP/1.".startsWith(this.#unread.slice(0, 7))) throw new BadAnswer(`no answer begins with ${quote(this.#unread)}`);
      return false;
    }
    const { status, headers } = parseHead(this.#unread.slice(0, headEnd));
    const rest = this.#unread.slice(headEnd + 4);
    const frame = this.#frameOf(this.#answers.length);
    const openEnded = frame.openEnded === true && status === 200;
    const hasBody = status >= 200 && status !== 204 && status !== 304 && !frame.bodyless && !openEnded;
    const body = hasBody ? parseBody(headers, rest) : { text: "", bytes: 0 };
    if (body === null) return false;
    this.#unread = openEnded ? "" : rest.slice(body.bytes);
    if (status >= 200) this.#answers.push({ status, headers, body: Buffer.from(body.text, "latin1").toString("utf8") });
    return this.#unread !== "";
  }
}

function parseHead(head: Bytes): Pick<Answer, "status" | "headers"> {
  const [statusLine = "", ...lines] = head.split("\r\n");
  const status = STATUS_LINE.exec(statusLine)?.[1];
  if (status === undefined) throw new BadAnswer(`no status line: ${quote(statusLine)}`);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new BadAnswer(`no header: ${quote(line)}`);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return { status: Number(status), headers };
}

/** `null`: not all of it is here yet. */
function parseBody(headers: Answer["headers"], bytes: Bytes): { readonly text: Bytes; readonly bytes: number } | null {
  if (headers.get("transfer-encoding")?.join() === "chunked") return parseChunks(bytes);
  const length = headers.get("content-length") ?? [];
  if (length.length !== 1 || !/^\d+$/.test(length[0] as string)) throw new BadAnswer("no length of the body");
  const wanted = Number(length[0]);
  return bytes.length < wanted ? null : { text: bytes.slice(0, wanted), bytes: wanted };
}

function parseChunks(bytes: Bytes): { readonly text: Bytes; readonly bytes: number } | null {
  let text = "";
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(bytes.slice(at, lineEnd))?.[1];
    if (size === undefined) throw new BadAnswer(`no size of a chunk: ${quote(bytes.slice(at, lineEnd))}`);
    const start = lineEnd + 2;
    const end = start + Number.parseInt(size, 16);
    if (end === start) {
      const trailersEnd = bytes.indexOf("\r\n\r\n", lineEnd);
      return trailersEnd < 0 ? null : { text, bytes: trailersEnd + 4 };
    }
    if (bytes.length < end + 2) return null;
    if (bytes.slice(end, end + 2) !== "\r\n") throw new BadAnswer("a chunk is longer than it says");
    text += bytes.slice(start, end);
    at = end + 2;
  }
}

const quote = (bytes: Bytes): string => JSON.stringify(bytes.slice(0, 60));
