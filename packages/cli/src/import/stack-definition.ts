import { type StackDefinition, stack } from "@groundplan/model";
import { type ImportedStack, secretsOf } from "./imported-stack.js";

/** What the rendered stack file exports: for checks before it is written. */
export function stackDefinition({ name, components, hosts }: ImportedStack): StackDefinition {
  return stack(name, (s) => {
    for (const component of components) {
      if (component.kind === "redis") s.redis(component.name, component.options);
      else if (component.kind === "postgres") s.postgres(component.name, component.options);
      else s.service(component.name, component.options);
    }
    for (const secret of new Set(components.flatMap(secretsOf))) s.secret(secret);
    for (const { name: host, subnet, runs } of hosts) s.host(host, { subnet, runs });
  });
}
