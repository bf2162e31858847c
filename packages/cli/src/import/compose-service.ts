import type { Interpolated } from "./interpolate.js";
import type { Values } from "./values.js";

/** A service of a Compose file, its variables put in. */
export interface ComposeService {
  /** As the Compose file writes it. */
  readonly key: string;
  /** As the stack names it. */
  readonly name: string;
  readonly values: Values;
  readonly env: readonly EnvEntry[];
}

/** A variable of a service. */
export interface EnvEntry {
  readonly name: string;
  readonly text: string;
  readonly line: number;
  /** The variables of Compose that were put into it; `null`: none. */
  readonly filled: Interpolated | null;
}
