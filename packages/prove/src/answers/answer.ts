import type { Cloud } from "../cloud/cloud.js";
import type { Values } from "../values/value.js";

/** Some of what a data source says; the rest of its attributes is empty. @throws Refusal when there is nothing to tell of. */
export type Answer = (cloud: Cloud, config: Values) => Values;
