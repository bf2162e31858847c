import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort, type VotingRun } from "@voting/testing";
import { type Form, PATHS, type WrkResult, wrk } from "./wrk.js";

/** What a bare node:http server reaches with the answers of the vote service. */
export async function measureBareLimit(run: VotingRun, seconds: number): Promise<Readonly<Record<Form, WrkResult>>> {
  const port = await freePort();
  const server = spawn(process.execPath, [fileURLToPath(new URL("bare-server.mjs", import.meta.url)), String(port)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    server.stdin.end(JSON.stringify({ "/": await answerOf(run, "form"), "/api/votes": await answerOf(run, "json") }));
    await once(server.stdout, "data");
    const origin = `http://127.0.0.1:${port}`;
    await wrk(origin, "form", 2); // Warm, as the vote service is when it is measured.
    return { form: await wrk(origin, "form", seconds), json: await wrk(origin, "json", seconds) };
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

async function answerOf(run: VotingRun, form: Form): Promise<{ status: number; type: string; body: string }> {
  const [type, body] = form === "form" ? ["application/x-www-form-urlencoded", "vote=a"] : ["application/json", '{"vote":"a"}'];
  const response = await fetch(run.voteUrl + PATHS[form], {
    method: "POST",
    headers: { "content-type": type as string },
    body: body as string,
  });
  return { status: response.status, type: response.headers.get("content-type") ?? "", body: await response.text() };
}
