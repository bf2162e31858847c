// npm run bench: makes the checkout ready, then measures. Only the measuring runs from TypeScript; the services run compiled, as always.
import { spawnSync } from "node:child_process";
import { ROOT, ready } from "./ready.mjs";

ready();
const args = ["--conditions=source", "--import", "tsx", "stacks/voting/bench/src/bench-main.ts", ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
