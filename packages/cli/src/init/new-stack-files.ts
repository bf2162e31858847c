import type { GeneratedFile } from "@groundplan/targets";
import { WEB_FILES } from "./web-files.js";

export interface NewStack {
  readonly name: string;
  /** What package.json says under "groundplan". */
  readonly dependency: string;
}

/** The files of a new stack: a page and the database that it uses. They are the author's from now on. */
export function newStackFiles(stack: NewStack): readonly GeneratedFile[] {
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
  listens on \`PORT\`, answers \`GET /healthz\` and ends on SIGTERM; \`local\` in stack.ts says how it is started.
- Ask the database: \`cd web && npm init --yes && npm install pg\`, then \`new pg.Pool({ connectionString: process.env.DB_URL })\`.
- A second service: \`const api = s.service("api", { image: build("./api"), local: "...", port: 4000 })\`, then \`uses: { db, api }\`.
- A machine of its own for the database: \`s.host("database", { subnet: "private", runs: [db] })\`, and one for the rest.
- In containers: \`npx groundplan compose up\`.
`;
}
