import { type StackDefinition, stack } from "@groundplan/model";

/** The smallest stack that makes sense: one public service on one host, without monitoring. */
export function minimalStack(): StackDefinition {
  return stack("minimal", (s) => {
    const web = s.service("web", { build: "./web", command: "node main.js", port: 8000, public: true });
    s.host("main", { subnet: "public", runs: [web] });
  });
}
