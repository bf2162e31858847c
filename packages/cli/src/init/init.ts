import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { nameLike, nameProblem, shellWord, UserError } from "@groundplan/model";
import type { GeneratedFile } from "@groundplan/targets";
import { json } from "../arguments/options.js";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput, ExitCode } from "../command.js";
import { command, text } from "../command.js";
import { writeFiles } from "../output/write-files.js";

const MOST_SHOWN = 10;

export interface InitOptions {
  readonly name: string | null;
  readonly json: boolean;
}

interface NewStack {
  readonly name: string;
  /** What package.json says under "groundplan". */
  readonly dependency: string;
}

/** The service of a new stack: one page, in plain Node. */
const WEB_FILES: readonly GeneratedFile[] = [
  {
    path: "web/main.mjs",
    text: `// A page that shows what the link to the database gives. PORT is given as well: see stack.ts.
import { createServer } from "node:http";
import { connect } from "node:net";

const { PORT, HOST, DB_HOST, DB_PORT, DB_NAME, DB_USER } = process.env;

const server = createServer(async (request, response) => {
  const answer = (status, text) => response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
  // Ready: requests may come. Alive: only a restart would help when it is not 200, so never ask here whether the database answers.
  if (["/healthz", "/readyz", "/livez"].includes(request.url)) return answer(200, "ok\\n");
  if (request.url !== "/") return answer(404, "There is nothing here.\\n");
  const state = (await databaseAnswers()) ? "answers" : "does not answer";
  answer(200, \`Hello! The database \${DB_NAME} of \${DB_USER} at \${DB_HOST}:\${DB_PORT} \${state}.\\n\`);
});

function databaseAnswers() {
  return new Promise((done) => {
    const socket = connect({ host: DB_HOST, port: Number(DB_PORT), timeout: 2_000 });
    const end = (answers) => {
      socket.destroy();
      done(answers);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}

server.listen(PORT, HOST);
// Requests under way are answered; then the process has nothing left to do and ends.
process.on("SIGTERM", () => server.close());
`,
  },
  {
    path: "web/Dockerfile",
    text: `ARG BASE=node:20.20.2-bookworm-slim
FROM \${BASE}
WORKDIR /app
COPY *.mjs ./
# With packages of its own, before this line: COPY package*.json ./ and RUN npm ci --omit=dev
ENV NODE_ENV=production PORT=3000
EXPOSE 3000
# A number: it needs no entry in the base image's list of users.
USER 1000:1000
# Swarm kills what this finds unhealthy, and so has it ask /livez: see "health" in stack.ts.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \\
  CMD ["node", "--eval", "require('node:http').get(\`http://127.0.0.1:\${process.env.PORT}\${process.env.HEALTH_PATH || '/readyz'}\`, (answer) => { answer.resume(); process.exitCode = answer.statusCode === 200 ? 0 : 1; })"]
CMD ["node", "main.mjs"]
`,
  },
  { path: "web/.dockerignore", text: "*\n!*.mjs\n!package*.json\n" },
];

/** The package `groundplan` that this program is part of. */
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]+$/, "");

export const init = command({
  summary: "Start a stack of your own in a new folder: a page, its database and a README",
  arguments: [{ name: "dir", summary: "a folder that is missing or empty" }],
  options: { name: text("NAME", "the stack's name (default: the folder's, made to fit)"), ...json("print {name, folder, files, next}") },
  examples: [
    { line: "init shop", says: "then: cd shop && npm install && npm start" },
    { line: "init . --name shop", says: "in this folder" },
  ],
  run: runInit,
});

/** Writes a new stack into a folder that is missing or empty. */
export function runInit({ arguments: [shown = ""], options, terminal, folder }: CommandInput<InitOptions>): ExitCode {
  const target = resolve(folder, shown);
  const name = options.name ?? nameLike(basename(target), "app");
  const problem = nameProblem(name);
  if (problem !== null) throw new UsageError(`--name ${name}: ${problem.message}. Allowed: ${problem.allowed}. Fix: ${problem.fix}.`);
  const files = writing(() => {
    requireFree(target, shown);
    mkdirSync(target, { recursive: true });
    const stack = newStackFiles({ name, dependency: toolDependency(target) });
    writeFiles(target, stack);
    return stack.map(({ path }) => path);
  });
  const next = [
    ...(target === folder ? [] : [`cd ${shellWord(relative(folder, target).split(sep).join("/"))}`]),
    "npm install",
    "npm start",
  ];
  if (options.json) terminal.out(JSON.stringify({ name, folder: target, files, next }, null, 2));
  else {
    for (const path of files) terminal.out(`wrote ${join(shown, path)}`);
    terminal.err(`next: ${next.join(" && ")}`);
  }
  return 0;
}

function requireFree(target: string, shown: string): void {
  const facts = statSync(target, { throwIfNoEntry: false });
  if (facts === undefined) return;
  if (!facts.isDirectory()) throw new UserError({ message: `${shown} is a file`, fix: "name a folder that is missing or empty" });
  // A repository without a file yet is a good place to start.
  const present = readdirSync(target).filter((entry) => entry !== ".git");
  if (present.length === 0) return;
  const more = present.length > MOST_SHOWN ? [`and ${present.length - MOST_SHOWN} more`] : [];
  throw new UserError({
    message: `${shown} is not empty; nothing was written`,
    detail: [...present.sort().slice(0, MOST_SHOWN), ...more],
    fix: "name a folder that is missing or empty",
  });
}

/** What the system refuses is the user's to put right. */
function writing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
    throw new UserError({ message: `the stack cannot be written: ${error.message}`, fix: "name a folder that you may write to" });
  }
}

/** The files of a new stack: a page and the database that it uses. They are the author's from now on. */
function newStackFiles(stack: NewStack): readonly GeneratedFile[] {
  return [
    { path: "stack.ts", text: stackFile(stack) },
    ...WEB_FILES,
    { path: "package.json", text: manifest(stack) },
    { path: ".gitignore", text: "node_modules/\n.groundplan/\nout/\n" },
    { path: "README.md", text: readme(stack) },
  ];
}

function stackFile({ name }: NewStack): string {
  return `import { build, stack } from "groundplan";

/** All that runs, and who uses whom. Addresses, start order, network rules and the password of the database follow from it. */
export default stack("${name}", (s) => {
  const db = s.postgres("db");
  s.service("web", {
    image: build("./web"),
    local: "node main.mjs",
    port: 3000,
    public: true,
    // Ready: it can do its work. Live: 503 only where a restart would help.
    health: { ready: "/readyz", live: "/livez" },
    // Gives web DB_URL, DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME, and starts it when db is ready.
    uses: { db },
  });
});
`;
}

function manifest({ name, dependency }: NewStack): string {
  const content = {
    name,
    private: true,
    type: "module",
    scripts: { start: "groundplan up --stack .", check: "groundplan check --stack ." },
    dependencies: { groundplan: dependency },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function readme({ name }: NewStack): string {
  return `# ${name}

A page and the PostgreSQL that it uses, described once in [stack.ts](stack.ts).

## Run

\`\`\`sh
npm install
npm start          # Ctrl-C stops everything; the data stays in .groundplan/
\`\`\`

It prints the address of the page and of the control room, where you see states and logs, and can stop and start each part.

## What follows from stack.ts

\`uses: { db }\` is all that is written about the connection. From it follow the variables of \`web\` (\`DB_URL\` and its parts), the order of
the start, the password, and the one network rule that lets \`web\` through.

\`\`\`sh
npm run check                    # what is wrong with stack.ts, if anything
npx groundplan env web           # the variables of web, while it runs
npx groundplan rules             # who may connect to whom
npx groundplan graph             # the stack as a picture
\`\`\`

## Next

- Change [web/main.mjs](web/main.mjs); \`npm start -- --watch\` starts it anew on every change. It may be any program, in any language, that
  listens on \`PORT\`, answers \`GET /readyz\` and \`GET /livez\`, and ends on SIGTERM; \`local\` in stack.ts says how it is started.
- Ask the database: \`cd web && npm init --yes && npm install pg\`, then \`new pg.Pool({ connectionString: process.env.DB_URL })\`.
- A second service: \`const api = s.service("api", { image: build("./api"), local: "...", port: 4000 })\`, then \`uses: { db, api }\`.
- A machine of its own for the database: \`s.host("database", { subnet: "private", runs: [db] })\`, and one for the rest.
- In containers: \`npx groundplan compose up\`.
`;
}

/**
 * What a package.json in `folder` (which exists) says under "groundplan": the way to this checkout, or the version that was installed.
 *
 * @example "file:../groundplan/packages/cli"
 */
export function toolDependency(folder: string, toolFolder = PACKAGE): string {
  const tool = realpathSync(toolFolder);
  if (!tool.split(sep).includes("node_modules")) return `file:${relative(realpathSync(folder), tool).split(sep).join("/")}`;
  const { version }: { version: string } = JSON.parse(readFileSync(`${tool}/package.json`, "utf8"));
  return `^${version}`;
}
