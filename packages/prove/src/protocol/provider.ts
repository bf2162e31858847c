import type { Values } from "../values/value.js";

/** What a provider decides; the protocol around it is `serveProvider`'s. A thrown `Refusal` is shown by Terraform as an error. */
export interface Provider {
  configure(config: Values): void;
  /** `null`: the resource is gone. */
  read(type: string, current: Values): Values | null;
  plan(type: string, change: Change): PlannedChange;
  /** `null`: it was destroyed. */
  apply(type: string, change: AppliedChange): Values | null;
  readData(type: string, config: Values): Values;
}

export interface Change {
  /** `null`: there is none yet. */
  readonly prior: Values | null;
  /** The configuration, with values of the prior state where it says nothing of a computed attribute. */
  readonly proposed: Values;
  readonly config: Values;
}

export interface PlannedChange {
  readonly planned: Values;
  /** Names of attributes whose change makes a new resource. */
  readonly replace: readonly string[];
}

export interface AppliedChange {
  readonly prior: Values | null;
  /** `null`: destroy it. */
  readonly planned: Values | null;
}

/** The cloud does not do what was asked, with the code and the sentence that AWS has for it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  /** The attribute that is at fault. */
  readonly attribute: string | null;

  constructor(code: string, message: string, attribute: string | null = null) {
    super(message);
    this.code = code;
    this.attribute = attribute;
  }
}
