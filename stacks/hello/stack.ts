import { build, stack } from "groundplan";

/** Ready: it can do its work. Live: only a restart would help when it is not. */
const health = { ready: "/readyz", live: "/livez" };

/** Two services and one link between them. All else follows: see README.md. */
export default stack("hello", (s) => {
  const backend = s.service("backend", { image: build("./backend"), local: "node main.mjs", port: 4567, health });
  const frontend = s.service("frontend", {
    image: build("./frontend"),
    local: "node main.mjs",
    port: 3000,
    health,
    public: true,
    uses: { backend },
  });

  s.host("web", { subnet: "public", runs: [frontend] });
  s.host("app", { subnet: "private", runs: [backend] });
});
