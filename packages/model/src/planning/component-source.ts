import type { ComponentDefinition } from "../definition.js";
import type { ComponentSource } from "../plan.js";

/** What is particular to the kind of a component, as the plan holds it. */
export function componentSource(component: ComponentDefinition): ComponentSource {
  switch (component.kind) {
    case "service": {
      const { kind, build, image, prepare, command, dev, watch, healthCommand, replicas, hardened, internet } = component;
      return { kind, build, image, prepare, command, dev, watch, healthCommand, replicas, hardened, internet };
    }
    case "redis": {
      const { kind, image, standIn } = component;
      return { kind, image, standIn };
    }
    case "postgres": {
      const { kind, name, image, database, user } = component;
      return { kind, image, database, user, passwordSecret: passwordSecretOf(name) };
    }
  }
}

/** The secret that holds the password of a PostgreSQL component. */
export function passwordSecretOf(postgres: string): string {
  return `${postgres}-password`;
}
