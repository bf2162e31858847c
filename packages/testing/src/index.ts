export { awkwardStack } from "./awkward-stack.js";
export { BROWSER, BROWSER_ARGUMENTS } from "./browser.js";
export { freePort } from "./free-port.js";
export { minimalStack } from "./minimal-stack.js";
export { singleHostStack } from "./single-host-stack.js";
export { type Databases, startDatabases } from "./start-databases.js";
export { until, untilDone } from "./until.js";
export { votingStack } from "./voting-stack.js";
