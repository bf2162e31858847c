/** What a stack file imports: `import { stack } from "groundplan"`. */
export * from "@groundplan/model";
export { runningEnv } from "./running-env.js";
