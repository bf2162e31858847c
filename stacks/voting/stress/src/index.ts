export { type Levels, readLevels, readMetric } from "./levels.js";
export { type Percentiles, percentilesOf } from "./percentiles.js";
export { StackClient, type StackUrls } from "./stack-client.js";
export { type StressReport, stress } from "./stress.js";
