// The frontend: asks the backend, and shows its answer, or what went wrong, as a page.
import { createServer } from "node:http";
import { askBackend, renderPage } from "./page.mjs";

// From the link in stack.ts: `uses: { backend }` sets it, wherever the stack runs.
const backend = process.env.BACKEND_URL;
if (!backend) {
  process.stderr.write("BACKEND_URL is not set: where is the backend?\n");
  process.exit(1);
}

const pages = new Map();

const server = createServer(async (request, response) => {
  const answer = (status, type, body) =>
    response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" }).end(body);
  switch (request.url) {
    case "/": {
      const { status, text } = await askBackend(backend);
      pages.set(status, (pages.get(status) ?? 0) + 1);
      return answer(status, "text/html", renderPage(status, text));
    }
    // Ready while it can show a page, be it the one that says what is wrong. If it were as ill as the backend, both would be taken out
    // of service for the fault of one, and visitors would get no page at all. Alive as long as it answers.
    case "/healthz":
    case "/readyz":
    case "/livez":
      return answer(200, "text/plain", "ok\n");
    case "/metrics":
      return answer(200, "text/plain", renderMetrics());
    default:
      return answer(404, "text/plain", "There is nothing here.\n");
  }
});

function renderMetrics() {
  const series = [...pages].map(([status, count]) => `pages_total{status="${status}"} ${count}\n`);
  return `# HELP pages_total Pages shown\n# TYPE pages_total counter\n${series.join("")}`;
}

server.listen(process.env.PORT ?? 3000, process.env.HOST);
// Requests under way are answered; then the process has nothing left to do and ends.
process.on("SIGTERM", () => server.close());
