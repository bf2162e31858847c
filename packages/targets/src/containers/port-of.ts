import type { Plan } from "@groundplan/model";

/** The port that a component listens on in its container. That it has one is for the model to see to: links lead nowhere else. */
export function portOf({ components }: Plan, of: string): number {
  const port = components.find(({ name }) => name === of)?.port;
  if (port === undefined || port === null) throw new Error(`the plan leads a variable to the port of ${of}, which has none`);
  return port;
}
