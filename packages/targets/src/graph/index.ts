export { renderMermaid } from "./mermaid.js";
export { GRAPH_STYLE, renderSvg } from "./svg.js";
