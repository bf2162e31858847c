export { type ContainerPlan, containerPlanOf } from "./containers/container-plan.js";
export { DEFAULT_TAG, imageNameOf } from "./containers/image-name.js";
export { portSetting } from "./containers/settings.js";
export { GRAPH_STYLE } from "./graph/graph-style.js";
export { renderMermaid } from "./graph/render-mermaid.js";
export { renderSvg } from "./graph/render-svg.js";
export { type SwarmPlan, swarmPlanOf } from "./swarm/swarm-plan.js";
export type { GeneratedFile, OutputPlace, Rendered, SecretFile, SecretPart, Target } from "./target.js";
export { TARGETS } from "./targets.js";
