import type { ComponentDefinition, HostDefinition, StackDefinition } from "../definition.js";

/** Components by name; of two that share a name the first one, NAME_TAKEN tells of the other. */
export function componentsByName(stack: StackDefinition): ReadonlyMap<string, ComponentDefinition> {
  return byName(stack.components);
}

export function hostsByName(stack: StackDefinition): ReadonlyMap<string, HostDefinition> {
  return byName(stack.hosts);
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const item of items) if (!index.has(item.name)) index.set(item.name, item);
  return index;
}
