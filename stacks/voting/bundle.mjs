// node ../bundle.mjs, in the folder of a service: makes dist/image/, all that its image holds besides Node. The service and its
// dependencies become one file, so an image needs no package manager and no registry; what lies beside it keeps its place (../public).
import { cpSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";

const OUTPUT = "dist/image";

rmSync(OUTPUT, { recursive: true, force: true });
await build({
  entryPoints: ["src/main.ts"],
  outfile: `${OUTPUT}/dist/main.mjs`,
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
if (existsSync("public")) cpSync("public", `${OUTPUT}/public`, { recursive: true });
