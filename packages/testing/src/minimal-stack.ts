import { build, type StackDefinition, stack } from "@groundplan/model";

/** The smallest stack that makes sense: one public service on one host, without monitoring. */
export function minimalStack(): StackDefinition {
  return stack("minimal", (s) => {
    s.service("web", { image: build("./web"), local: "node main.js", port: 8000, public: true });
  });
}
