import type { Values } from "../values/value.js";
import type { Cloud } from "./cloud.js";

/** What a computed value may follow from. */
export interface Facts {
  readonly cloud: Cloud;
  readonly type: string;
  /** Of the resource, as far as they are known. */
  readonly values: Values;
  /** The same for the same resource in every run. */
  readonly hash: string;
}
