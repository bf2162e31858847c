import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Lane } from "./lane.js";
import { resetSocket } from "./reset-socket.js";

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
