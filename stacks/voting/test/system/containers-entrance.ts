import { type AddressInfo, connect, createServer, type Server } from "node:net";

const LOOK_INTERVAL_MS = 500;

/** In place of Swarm's load balancing: one address that leads each connection to the next healthy task. */
export class Entrance {
  readonly #server: Server;
  #targets: readonly string[] = [];
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  static async open(look: () => Promise<readonly string[]>): Promise<Entrance> {
    const entrance = new Entrance();
    entrance.#targets = await look();
    const lookAgain = (): void => {
      entrance.#timer = setTimeout(async () => {
        entrance.#targets = await look().catch(() => entrance.#targets);
        if (entrance.#server.listening) lookAgain();
      }, LOOK_INTERVAL_MS);
    };
    await new Promise<void>((resolve) => entrance.#server.listen(0, "127.0.0.1", resolve));
    lookAgain();
    return entrance;
  }

  private constructor() {
    this.#server = createServer((client) => {
      const target = new URL(this.#targets[this.#next++ % this.#targets.length] ?? "http://127.0.0.1:1");
      const task = connect(Number(target.port), target.hostname);
      client.pipe(task).pipe(client);
      client.on("error", () => task.destroy());
      task.on("error", () => client.destroy());
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#server.close();
  }
}
