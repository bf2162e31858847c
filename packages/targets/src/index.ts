export { GRAPH_STYLE } from "./graph/graph-style.js";
export { renderMermaid } from "./graph/render-mermaid.js";
export { renderSvg } from "./graph/render-svg.js";
export type { GeneratedFile, Rendered, Target } from "./target.js";
export { TARGETS } from "./targets.js";
