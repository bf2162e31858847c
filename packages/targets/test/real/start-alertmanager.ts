import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort, missingProgram, until } from "@groundplan/testing";
import type { GeneratedFile } from "../../src/index.js";
import { written } from "../monitoring/promtool.js";

export const ALERTMANAGER = "prometheus-alertmanager";

/** A real Alertmanager with the generated files, until the test ends: its address; `null`: this machine has none. */
export async function startAlertmanager(
  context: TestContext,
  files: readonly GeneratedFile[],
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  if (missingProgram(ALERTMANAGER) !== null) return null;
  const folder = written(context, files);
  const port = await freePort();
  const places = ["--config.file=alertmanager/alertmanager.yml", `--storage.path=${join(folder, "data")}`];
  const listen = [`--web.listen-address=127.0.0.1:${port}`, "--cluster.listen-address="];
  const child = spawn(ALERTMANAGER, [...places, ...listen], { cwd: folder, env: { ...process.env, ...env }, stdio: "ignore" });
  context.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const url = `http://127.0.0.1:${port}`;
  await until("Alertmanager is ready", async () => (await fetch(`${url}/-/ready`)).ok);
  return url;
}
