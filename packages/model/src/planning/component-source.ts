import type { ComponentDefinition } from "../definition.js";
import type { ComponentSource } from "../plan.js";

/** What is particular to the kind of a component, as the plan holds it. */
export function componentSource(component: ComponentDefinition): ComponentSource {
  switch (component.kind) {
    case "service": {
      const { kind, build, image, command, dev, watch } = component;
      return { kind, build, image, command, dev, watch };
    }
    case "redis":
      return { kind: "redis", standIn: component.standIn };
    case "postgres": {
      const { kind, name, database, user } = component;
      return { kind, database, user, passwordSecret: passwordSecretOf(name) };
    }
  }
}

/** The secret that holds the password of a PostgreSQL component. */
export function passwordSecretOf(postgres: string): string {
  return `${postgres}-password`;
}
