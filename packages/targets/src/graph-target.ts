import { renderMermaid } from "./graph/render-mermaid.js";
import { renderSvg } from "./graph/render-svg.js";
import type { Target } from "./target.js";

/** The stack's diagrams, to keep beside its documentation. */
export const graphTarget: Target = {
  name: "graph",
  summary: "diagrams of the stack: graph.mmd (Mermaid) and graph.svg",
  render: (plan) => ({
    files: [
      { path: "graph.mmd", text: renderMermaid(plan) },
      { path: "graph.svg", text: renderSvg(plan) },
    ],
    secretFiles: [],
    notes: [],
  }),
  next: () => null,
};
