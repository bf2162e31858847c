/**
 * The colours of the SVG, for light and dark. It is part of every SVG; a page whose content security policy refuses
 * inline styles can serve it as a file. Pages may set the variables themselves.
 */
export const GRAPH_STYLE = `
.groundplan-graph {
  --graph-text: #0f172a; --graph-muted: #526077; --graph-line: #64748b; --graph-entry: #047857;
  --graph-box: #ffffff; --graph-box-edge: #cbd5e1; --graph-host: #f8fafc; --graph-host-edge: #cbd5e1;
  --graph-public: #e7f6ee; --graph-public-edge: #9fd8bb; --graph-private: #edf0f7; --graph-private-edge: #c3cbdc;
  --graph-service: #4f46e5; --graph-redis: #c2331f; --graph-postgres: #2563a8;
  max-width: 100%; height: auto; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
@media (prefers-color-scheme: dark) {
  .groundplan-graph {
    --graph-text: #e8edf6; --graph-muted: #a3b0c4; --graph-line: #8796ae; --graph-entry: #4ade9f;
    --graph-box: #1b2536; --graph-box-edge: #43526b; --graph-host: #141d2c; --graph-host-edge: #37455c;
    --graph-public: #0d2a20; --graph-public-edge: #1f6b4c; --graph-private: #121826; --graph-private-edge: #343f55;
    --graph-service: #a5a0ff; --graph-redis: #ff9580; --graph-postgres: #7fbcf5;
  }
}
.groundplan-graph text { fill: var(--graph-text); }
.groundplan-graph .muted { fill: var(--graph-muted); }
.groundplan-graph .subnet-public { fill: var(--graph-public); stroke: var(--graph-public-edge); }
.groundplan-graph .subnet-private { fill: var(--graph-private); stroke: var(--graph-private-edge); }
.groundplan-graph .host { fill: var(--graph-host); stroke: var(--graph-host-edge); stroke-dasharray: 5 4; }
.groundplan-graph .box, .groundplan-graph .tab { fill: var(--graph-box); stroke: var(--graph-box-edge); }
.groundplan-graph .icon { fill: none; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.groundplan-graph .icon-service { stroke: var(--graph-service); }
.groundplan-graph .icon-redis { stroke: var(--graph-redis); }
.groundplan-graph .icon-postgres { stroke: var(--graph-postgres); }
.groundplan-graph .icon-internet { stroke: var(--graph-entry); }
.groundplan-graph .entry-tab { stroke: var(--graph-entry); }
.groundplan-graph .link { fill: none; stroke: var(--graph-line); stroke-width: 1.6; }
.groundplan-graph .entry { stroke: var(--graph-entry); }
.groundplan-graph .arrow { fill: var(--graph-line); }
.groundplan-graph .entry-arrow { fill: var(--graph-entry); }
.groundplan-graph .on-public, .groundplan-graph .on-private, .groundplan-graph .on-host { paint-order: stroke; stroke-width: 5; stroke-linejoin: round; }
.groundplan-graph .on-public { stroke: var(--graph-public); }
.groundplan-graph .on-private { stroke: var(--graph-private); }
.groundplan-graph .on-host { stroke: var(--graph-host); }
.groundplan-graph .status { fill: transparent; }
`;
