import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A viewer that shows every byte of its stream, and can be as impolite as a socket lets it. */
export class StreamClient {
  readonly socket: Socket;
  text = "";

  /** Resolves when it is connected and has sent its request. */
  static async open(port: number, request = "GET /events HTTP/1.1\r\nhost: test\r\n\r\n"): Promise<StreamClient> {
    const client = new StreamClient(connect(port, "127.0.0.1"));
    await once(client.socket, "connect");
    client.socket.write(request);
    return client;
  }

  private constructor(socket: Socket) {
    this.socket = socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.text += chunk;
    });
    socket.on("error", () => undefined); // "close" follows.
  }

  get head(): string {
    return this.text.slice(0, this.text.indexOf("\r\n\r\n"));
  }

  /** The totals of all results so far, in order. */
  get totals(): readonly number[] {
    return this.#all(/"total":(\d+)/g);
  }

  /** The retry hints so far, in ms. */
  get retryHints(): readonly number[] {
    return this.#all(/^retry: (\d+)$/gm);
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }

  #all(pattern: RegExp): readonly number[] {
    return [...this.text.matchAll(pattern)].map(([, digits]) => Number(digits));
  }
}
