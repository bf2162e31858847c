/** A resource that Terraform knows of. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Module {
  readonly resources?: readonly (StateResource & { readonly mode: "managed" | "data" })[];
  readonly child_modules?: readonly Module[];
}

/** Reads what `terraform show -json` prints of a state (https://developer.hashicorp.com/terraform/internals/json-format): no data sources. */
export function parseState(json: string): readonly StateResource[] {
  const { values }: { readonly values?: { readonly root_module?: Module } } = JSON.parse(json);
  return resourcesOf(values?.root_module ?? {});
}

function resourcesOf({ resources = [], child_modules: children = [] }: Module): readonly StateResource[] {
  const own = resources.filter(({ mode }) => mode === "managed").map(({ address, type, values }) => ({ address, type, values }));
  return [...own, ...children.flatMap(resourcesOf)];
}
