export { GRAPH_STYLE } from "./graph-style.js";
export { renderMermaid } from "./render-mermaid.js";
export { renderSvg } from "./render-svg.js";
