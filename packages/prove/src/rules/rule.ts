import type { Cloud } from "../cloud/cloud.js";
import type { Values } from "../values/value.js";

/** Something that the AWS API refuses although the schema allows it. */
export interface Rule {
  /** As AWS has it. */
  readonly code: string;
  /** Resource types that it is about; `null`: all. */
  readonly types: readonly string[] | null;
  /**
   * - "values": what is asked for says enough, so it is refused while planning.
   * - "cloud": it depends on what there is, so it is refused while applying.
   * - "delete": of a resource that is to be deleted.
   */
  readonly at: "values" | "cloud" | "delete";
  /** Where AWS says so. */
  readonly source: string;
  /** @returns why it is refused, `null` when it is not. What is not known yet is not refused. */
  refuses(asked: Asked): Refused | null;
}

export interface Asked {
  readonly cloud: Cloud;
  readonly type: string;
  readonly values: Values;
  /** `null`: it does not exist yet. */
  readonly id: string | null;
}

export interface Refused {
  readonly message: string;
  /** The attribute at fault; `null`: none of them alone. */
  readonly attribute: string | null;
}

export const EC2_ERRORS = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";

export function refused(message: string, attribute: string | null = null): Refused {
  return { message, attribute };
}
