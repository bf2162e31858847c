import { createConnection, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pause } from "@voting/proof";
import type { Bytes, Exchange } from "./exchange.js";
import { type Answer, ResponseReader } from "./response-reader.js";

/** Longer than any answer may take, also while the machine is busy elsewhere. */
const ANSWER_LIMIT_MS = 30_000;
/** How long an exchange that may stay unanswered is listened to. */
const SILENCE_LIMIT_MS = 2_000;

/** What happened on a connection. */
export interface Observed {
  readonly answers: readonly Answer[];
  /** Who ended it: the service with an end or a reset, this side because it had all it waited for, or because nothing more came. */
  readonly end: "closed" | "reset" | "left" | "late";
  /** Why what came cannot be read; `null`: it can. */
  readonly unreadable: string | null;
  /** Longest wait for an answer after the last byte, in ms. */
  readonly waitedMs: number;
  /** From the first byte to the end, in ms. */
  readonly tookMs: number;
}

/** Carries an exchange out. @param bytes The exchange's bytes with real cookies in them */
export async function runExchange(exchange: Exchange, bytes: Bytes, port: number): Promise<Observed> {
  const connection = new Connection(exchange, port);
  try {
    let sent = 0;
    for (const step of exchange.steps) {
      if (connection.ended) break;
      if ("sendTo" in step) {
        connection.send(bytes.slice(sent, step.sendTo));
        sent = step.sendTo;
      } else if ("pauseMs" in step) await (step.pauseMs === 0 ? nextTurn() : pause(step.pauseMs));
      else if ("awaitAnswers" in step) await connection.whenAnswered(step.awaitAnswers, ANSWER_LIMIT_MS);
      else if ("finish" in step) connection.finish();
      else return await connection.cut(step.cut);
    }
    return await connection.whenDone();
  } finally {
    connection.leave();
  }
}

class Connection {
  readonly #exchange: Exchange;
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  #unreadable: string | null = null;
  #serviceEnd: "closed" | "reset" | null = null;
  #wake: () => void = () => undefined;
  readonly #startedMs = performance.now();

  constructor(exchange: Exchange, port: number) {
    this.#exchange = exchange;
    this.#reader = new ResponseReader((index) => exchange.answers[index] ?? {});
    this.#socket = createConnection({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
    this.#socket.on("data", (chunk) => this.#read(chunk.toString("latin1")));
    this.#socket.on("end", () => this.#end("closed"));
    this.#socket.on("error", () => this.#end("reset"));
    this.#socket.on("close", () => this.#end("closed"));
  }

  get ended(): boolean {
    return this.#serviceEnd !== null;
  }

  send(bytes: Bytes): void {
    if (bytes !== "") this.#socket.write(bytes, "latin1");
  }

  finish(): void {
    this.#socket.end();
  }

  /** Waits for the number of answers, the connection's end, or what cannot be read; resolves with whether one of them came. */
  async whenAnswered(count: number, limitMs: number): Promise<boolean> {
    return this.#until(() => this.#reader.answers.length >= count, limitMs);
  }

  /** Leaves as the exchange says, in the middle of things. */
  async cut(how: "close" | "reset"): Promise<Observed> {
    // What was written must be on its way; a socket that is not yet connected would take it along.
    await this.#until(() => !this.#socket.connecting && this.#socket.writableLength === 0, ANSWER_LIMIT_MS);
    if (how === "reset") this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    return this.#observed("left", 0);
  }

  /** Waits for what the exchange expects. */
  async whenDone(): Promise<Observed> {
    const { answers, closes, mayStayUnanswered, enough = answers.length } = this.#exchange;
    const startedMs = performance.now();
    const limitMs = mayStayUnanswered && closes !== true ? SILENCE_LIMIT_MS : ANSWER_LIMIT_MS;
    const done = await this.#until(() => closes !== true && this.#reader.answers.length >= enough, limitMs);
    const waitedMs = performance.now() - startedMs;
    return this.#observed(this.#serviceEnd ?? (done || mayStayUnanswered ? "left" : "late"), waitedMs);
  }

  leave(): void {
    this.#socket.destroy();
  }

  #observed(end: Observed["end"], waitedMs: number): Observed {
    const { answers, unread } = this.#reader;
    const unreadable = this.#unreadable ?? (unread === "" || end !== "closed" ? null : `the connection ends inside an answer: ${unread}`);
    return { answers: [...answers], end, unreadable, waitedMs, tookMs: performance.now() - this.#startedMs };
  }

  #read(bytes: Bytes): void {
    if (this.#unreadable !== null) return;
    try {
      this.#reader.feed(bytes);
    } catch (error) {
      this.#unreadable = (error as Error).message;
    }
    this.#wake();
  }

  #end(how: "closed" | "reset"): void {
    this.#serviceEnd ??= how;
    this.#wake();
  }

  async #until(condition: () => boolean, limitMs: number): Promise<boolean> {
    const over = () => this.#serviceEnd !== null || this.#unreadable !== null || condition();
    if (over()) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), limitMs);
      const settle = (reached: boolean) => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        this.#socket.off("drain", look).off("connect", look);
        resolve(reached);
      };
      const look = () => over() && settle(true);
      this.#wake = look;
      this.#socket.on("drain", look).on("connect", look);
    });
  }
}
