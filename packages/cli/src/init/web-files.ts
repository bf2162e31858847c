import type { GeneratedFile } from "@groundplan/targets";

/** The service of a new stack: one page, in plain Node. */
export const WEB_FILES: readonly GeneratedFile[] = [
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
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \\
  CMD ["node", "--eval", "require('node:http').get(\`http://127.0.0.1:\${process.env.PORT}/healthz\`, (answer) => { answer.resume(); process.exitCode = answer.statusCode === 200 ? 0 : 1; })"]
CMD ["node", "main.mjs"]
`,
  },
  { path: "web/.dockerignore", text: "*\n!*.mjs\n!package*.json\n" },
];
