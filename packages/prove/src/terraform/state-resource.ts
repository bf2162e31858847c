import type { Values } from "../values/value.js";

/** A resource as `terraform show -json` prints it after an apply. */
export interface StateResource {
  /** @example "aws_instance.frontend" */
  readonly address: string;
  readonly type: string;
  /** The label in the configuration. */
  readonly name: string;
  readonly values: Values;
}

interface StateModule {
  readonly resources?: readonly (StateResource & { readonly mode: "managed" | "data" })[];
  readonly child_modules?: readonly StateModule[];
}

/** What a state holds, modules included, without data sources; in the order of their addresses. */
export function parseState(json: string): readonly StateResource[] {
  const { values } = JSON.parse(json) as { values?: { root_module?: StateModule } };
  return resourcesOf(values?.root_module ?? {}).sort((one, other) => (one.address < other.address ? -1 : 1));
}

function resourcesOf({ resources = [], child_modules = [] }: StateModule): StateResource[] {
  const own = resources
    .filter(({ mode }) => mode === "managed")
    .map(({ address, type, name, values }) => ({ address, type, name, values }));
  return [...own, ...child_modules.flatMap(resourcesOf)];
}
