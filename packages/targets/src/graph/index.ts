import type { Target } from "../target.js";
import { renderMermaid } from "./mermaid.js";
import { renderSvg } from "./svg.js";

export { renderMermaid } from "./mermaid.js";
export { GRAPH_STYLE, renderSvg } from "./svg.js";

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
