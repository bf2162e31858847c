// node ../bundle.mjs, in the folder of a service: makes dist/image/, all that its image holds besides Node. The service and its
// dependencies become one file, so an image needs no package manager and no registry; what lies beside it keeps its place (../public).
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const OUTPUT = "dist/image";
/** Another build may be reading the files there now: each is replaced at once, and none is ever missing. */
const STAGING = `dist/image-${process.pid}`;

await build({
  entryPoints: ["src/main.ts"],
  outfile: `${STAGING}/dist/main.mjs`,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  // The workspace's own packages are taken from source: nothing has to be compiled before.
  conditions: ["source"],
  // Dependencies that are CommonJS require Node's own modules, and ask where they are.
  banner: {
    js: `import { createRequire as __createRequire } from "node:module";
import { fileURLToPath as __fileURLToPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL(".", import.meta.url));`,
  },
  // pg asks for it when NODE_PG_FORCE_NATIVE is set, and it is not a dependency.
  external: ["pg-native"],
  logLevel: "warning",
});
if (existsSync("public")) cpSync("public", `${STAGING}/public`, { recursive: true });

const made = filesOf(STAGING);
for (const file of made) {
  mkdirSync(dirname(join(OUTPUT, file)), { recursive: true });
  renameSync(join(STAGING, file), join(OUTPUT, file));
}
for (const file of filesOf(OUTPUT)) if (!made.includes(file)) rmSync(join(OUTPUT, file), { force: true });
rmSync(STAGING, { recursive: true });

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
