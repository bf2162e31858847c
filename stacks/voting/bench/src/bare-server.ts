import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { VotingRun } from "@voting/testing";
import { type Form, PATHS, wrk } from "./wrk.js";

/** What a bare node:http server reaches with the answers of the vote service. */
export class BareServer {
  readonly #process: ChildProcess;
  readonly #origin: string;

  private constructor(process: ChildProcess, origin: string) {
    this.#process = process;
    this.#origin = origin;
  }

  static async start(run: VotingRun): Promise<BareServer> {
    const program = fileURLToPath(new URL("bare-server.mjs", import.meta.url));
    const server = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
    server.stdin.end(JSON.stringify({ "/": await answerOf(run, "form"), "/api/votes": await answerOf(run, "json") }));
    const [port] = await once(server.stdout.setEncoding("utf8"), "data");
    return new BareServer(server, `http://127.0.0.1:${Number(port)}`);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Answers/s from the same clients. @param connections Default: 50 */
  async measure(form: Form, seconds: number, connections = 50): Promise<number> {
    return (await wrk(this.#origin, form, seconds, connections)).perSecond;
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await once(this.#process, "exit");
  }
}

async function answerOf(run: VotingRun, form: Form): Promise<{ status: number; type: string; body: string }> {
  const [type, body] =
    form === "form" ? (["application/x-www-form-urlencoded", "vote=a"] as const) : (["application/json", '{"vote":"a"}'] as const);
  const response = await fetch(run.voteUrl + PATHS[form], { method: "POST", headers: { "content-type": type }, body });
  return { status: response.status, type: response.headers.get("content-type") ?? "", body: await response.text() };
}
