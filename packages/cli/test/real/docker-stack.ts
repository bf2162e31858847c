import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { type DockerEngine, type MissingEngine, openDockerEngine } from "@groundplan/testing";
import { folderWith } from "../helpers.js";

/** An engine with the base of the images, or what the machine lacks. DOCKER_HOST selects it for all that this process starts. */
export async function dockerForTests(): Promise<DockerEngine | MissingEngine> {
  const engine = await openDockerEngine(["node"]);
  if ("missing" in engine) return engine;
  Object.assign(process.env, engine.env);
  after(() => engine.close());
  return engine;
}

export interface TinyStack {
  /** What `back` does: answers, never becomes healthy, ends, or takes all memory. Default: "well" */
  readonly back?: "well" | "sick" | "crash" | "greedy";
  /** Files beside the usual ones, or in their place. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the stack is watched. Default: no */
  readonly monitoring?: boolean;
  /** How often a health check may fail. Default: 20 */
  readonly retries?: number;
}

let count = 0;

/** A stack of two services of its own name, the second of which uses the first; what it leaves in the engine is removed after the test. */
export function tinyStack(
  context: TestContext,
  engine: DockerEngine,
  { back = "well", files = {}, monitoring = false, retries = 20 }: TinyStack = {},
) {
  const name = `tiny-${process.pid}-${count++}`;
  const folder = folderWith({
    "stack.ts": stackFile(name, back, monitoring),
    "back/Dockerfile": DOCKERFILE,
    "back/server.mjs": SERVER,
    "front/Dockerfile": DOCKERFILE,
    "front/prepare.mjs": 'import { copyFileSync } from "node:fs";\ncopyFileSync("../back/server.mjs", "server.mjs");\n',
    "out/compose/compose.override.yaml": quickChecks(retries),
    ...files,
  });
  context.after(() => removeProject(engine, name));
  return { name, folder };
}

/** By its marks, whatever has become of its folder. */
async function removeProject(engine: DockerEngine, name: string): Promise<void> {
  const mark = `label=com.docker.compose.project=${name}`;
  const remove = async (list: readonly string[], removal: readonly string[]) => {
    const found = (await engine.docker(...list)).split("\n").filter(Boolean);
    if (found.length > 0) await engine.docker(...removal, ...found);
  };
  await remove(["ps", "--all", "--quiet", "--filter", mark], ["rm", "--force", "--volumes"]);
  await remove(["network", "ls", "--quiet", "--filter", mark], ["network", "rm"]);
  await remove(["volume", "ls", "--quiet", "--filter", mark], ["volume", "rm"]);
  await remove(["image", "ls", "--filter", `reference=${name}/*`, "--format", "{{.Repository}}:{{.Tag}}"], ["image", "rm"]);
}

/** A folder with only these programs in it, for a PATH; "node" and the shell's own are always there. */
export function pathWith(folder: string, programs: Readonly<Record<string, string>>): string {
  const path = join(folder, "bin");
  mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

const stackFile = (name: string, back: string, monitoring: boolean) => `import { build, stack } from "groundplan";

export default stack("${name}", (s) => {
  const back = s.service("back", { image: build("./back"), port: 8000, metrics: "/metrics", memoryMb: ${back === "greedy" ? 128 : 256}, env: { MODE: "${back}", KEY: s.secret("key") } });
  const front = s.service("front", { image: build("./front", { before: "node prepare.mjs" }), port: 80, public: true, metrics: "/metrics", uses: { back } });
  s.host("one", { subnet: "public", runs: [front, back] });${monitoring ? "\n  s.monitoring();" : ""}
});
`;

/** The image that the engine for tests has. */
export const BASE = "node:20.20.2-bookworm-slim";

const DOCKERFILE = `ARG BASE=${BASE}
FROM \${BASE}
COPY server.mjs /
HEALTHCHECK CMD ["node", "/server.mjs", "ask"]
CMD ["node", "/server.mjs"]
`;

const SERVER = `import { createServer } from "node:http";
const { MODE, PORT } = process.env;
if (process.argv[2] === "ask") {
  const answer = await fetch("http://127.0.0.1:" + PORT + "/healthz");
  console.log(answer.status, await answer.text());
  process.exit(answer.ok ? 0 : 1);
}
if (MODE === "crash") {
  console.error("there is no queue");
  process.exit(3);
}
process.on("SIGTERM", () => process.exit(0));
createServer((request, response) => {
  response.statusCode = MODE === "sick" && request.url === "/healthz" ? 503 : 200;
  response.end(response.statusCode === 503 ? "no queue" : "hello");
}).listen(PORT, () => console.log("listening"));
const taken = [];
if (MODE === "greedy") setInterval(() => taken.push(Buffer.alloc(8_000_000, 1)), 1);
`;

/** Tests do not wait five seconds for a health check. It is in the file that is the user's own. */
function quickChecks(retries: number): string {
  const healthcheck = `{ interval: 500ms, timeout: 10s, retries: ${retries}, start_period: 0s }`;
  return `services:\n  back: { healthcheck: ${healthcheck} }\n  front: { healthcheck: ${healthcheck} }\n`;
}
