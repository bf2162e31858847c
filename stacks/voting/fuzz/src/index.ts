export { type FuzzOptions, fuzz } from "./fuzz.js";
export type { Finding, FuzzReport } from "./fuzz-report.js";
export { generate, INPUT_CLASSES } from "./generate.js";
export { renderFuzz } from "./render-fuzz.js";
