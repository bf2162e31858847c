// node scripts/run-source.mjs <TypeScript file> [arguments]: makes the checkout ready, then runs the file from source.
// For what only measures and tests; the services that it starts run compiled, as always.
import { spawn } from "node:child_process";
import { ROOT, ready } from "./ready.mjs";

await ready();
const [entry, ...rest] = process.argv.slice(2);
const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", entry, ...rest], { cwd: ROOT, stdio: "inherit" });
// Ctrl-C reaches the child by itself; this process waits for it to clean up. A signal to this process alone is passed on.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
