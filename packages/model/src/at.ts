import type { ComponentKind } from "./definition.js";

const FOLDER: Readonly<Record<ComponentKind, string>> = { service: "services", redis: "redis", postgres: "postgres" };

/** Where a component stands in the stack file, as problems name it: `services.vote`. */
export function atComponent(component: { readonly kind: ComponentKind; readonly name: string }): string {
  return `${FOLDER[component.kind]}.${component.name}`;
}

/** The same when it has no usable name: `services[0]` is the first s.service of the file. */
export function atNthComponent(kind: ComponentKind, index: number): string {
  return `${FOLDER[kind]}[${index}]`;
}

export function atHost(host: { readonly name: string }): string {
  return `hosts.${host.name}`;
}
