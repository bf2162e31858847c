export * from "./definition.js";
export * from "./plan.js";
export * from "./problem.js";
