// The backend: a sentence as plain text, its health, and a counter.
import { createServer } from "node:http";

let greetings = 0;

const server = createServer((request, response) => {
  const answer = (status, text) => response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
  switch (request.url) {
    case "/":
      greetings++;
      return answer(200, "Hello, World!");
    // Whether to send requests (readyz), and whether only a restart would help (livez): it needs nothing but itself.
    case "/healthz":
    case "/readyz":
    case "/livez":
      return answer(200, "ok\n");
    case "/metrics":
      return answer(200, `# HELP greetings_total Greetings given\n# TYPE greetings_total counter\ngreetings_total ${greetings}\n`);
    default:
      return answer(404, "There is nothing here.\n");
  }
});

server.listen(process.env.PORT ?? 4567, process.env.HOST);
// Requests under way are answered; then the process has nothing left to do and ends.
process.on("SIGTERM", () => server.close());
