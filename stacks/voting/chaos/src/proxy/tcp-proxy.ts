import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What the proxy does to what passes. */
export type Weather =
  | { readonly kind: "clear" }
  /** No new connection; those that are open stay. */
  | { readonly kind: "refuse" }
  /** Bytes vanish, connections stay: "to" the server, "back" to the client, or both. They arrive when the silence is over. */
  | { readonly kind: "silence"; readonly way: "to" | "back" | "both" }
  /** Everything arrives that much later, in order. */
  | { readonly kind: "delay"; readonly delayMs: number };

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  readonly to: Lane;
  readonly back: Lane;
}

/** Bytes, or the end of them. */
type Freight = Buffer | "end" | "reset";

/** A network of our own between a client and a server of this machine, that can be broken. */
export class TcpProxy {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #weather: Weather = { kind: "clear" };

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of 127.0.0.1, and leads to `targetPort`. */
  static async open(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new TcpProxy(server);
    server.on("connection", (client) => proxy.#accept(client, targetPort));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** From now on, for the connections that are open and for new ones. */
  set(weather: Weather): void {
    this.#weather = weather;
    for (const connection of this.#connections) this.#apply(connection);
  }

  /** Resets every open connection; what was under way is lost. */
  cut(): void {
    for (const connection of [...this.#connections]) this.#end(connection);
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket, targetPort: number): void {
    if (this.#weather.kind === "refuse") {
      client.on("error", () => undefined);
      resetSocket(client);
      return;
    }
    client.setNoDelay(true);
    const server = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const connection = { client, server, to: new Lane(client, server), back: new Lane(server, client) };
    this.#connections.add(connection);
    this.#apply(connection);
    let open = 2;
    const closed = (): void => {
      if (--open === 0) this.#end(connection);
    };
    client.on("close", closed);
    server.on("close", closed);
  }

  #apply({ to, back }: Connection): void {
    const weather = this.#weather;
    const delayMs = weather.kind === "delay" ? weather.delayMs : 0;
    const silent = (way: "to" | "back"): boolean => weather.kind === "silence" && (weather.way === "both" || weather.way === way);
    to.set({ silent: silent("to"), delayMs });
    back.set({ silent: silent("back"), delayMs });
  }

  #end(connection: Connection): void {
    this.#connections.delete(connection);
    connection.to.close();
    connection.back.close();
    resetSocket(connection.client);
    resetSocket(connection.server);
  }
}

/**
 * One direction of a connection through the proxy. What comes in goes out in order: at once, late, or not before the silence is over.
 * The sender notices nothing of it, as on a network that loses every packet and gets them through by resending.
 */
class Lane {
  readonly #to: Socket;
  readonly #waiting: { readonly freight: Freight; readonly dueMs: number }[] = [];
  #silent = false;
  #delayMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(from: Socket, to: Socket) {
    this.#to = to;
    from.on("data", (bytes) => this.#take(bytes));
    from.on("end", () => this.#take("end"));
    from.on("error", () => this.#take("reset"));
  }

  set(mode: { readonly silent: boolean; readonly delayMs: number }): void {
    this.#silent = mode.silent;
    this.#delayMs = mode.delayMs;
    this.#deliver();
  }

  /** Forgets what waits. */
  close(): void {
    this.#waiting.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #take(freight: Freight): void {
    this.#waiting.push({ freight, dueMs: performance.now() + this.#delayMs });
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#silent && this.#waiting[0] !== undefined) {
      const [{ freight, dueMs }] = this.#waiting as [{ freight: Freight; dueMs: number }];
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = null;
          this.#deliver();
        }, Math.ceil(earlyMs));
        return;
      }
      this.#waiting.shift();
      this.#hand(freight);
    }
  }

  #hand(freight: Freight): void {
    if (this.#to.destroyed) return;
    if (freight === "reset") resetSocket(this.#to);
    else if (freight === "end") this.#to.end();
    else this.#to.write(freight);
  }
}

/**
 * Ends a connection with RST, at once. `resetAndDestroy` is no use here: it waits until the peer has taken all that was written, and where
 * an error comes first it leaves a handle that never closes, so that Node spins for ever when it should exit (20.20).
 */
function resetSocket(socket: Socket): void {
  // Where the end was sent already libuv makes no RST.
  if (!socket.connecting && !socket.writableEnded) (socket as Socket & { resetAndClosing?: boolean }).resetAndClosing = true;
  socket.destroy();
}
