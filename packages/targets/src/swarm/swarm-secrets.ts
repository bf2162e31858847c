import type { EnvValue, PlannedComponent } from "@groundplan/model";
import { shortNames } from "../containers/short-names.js";

/** A file that one variable of one component is read from: swarm secrets are no variables. */
export interface SwarmSecret {
  readonly name: string;
  readonly component: string;
  /** The variable that it takes the place of. */
  readonly variable: string;
  /** The whole value of the variable. */
  readonly value: EnvValue;
}

/** A secret for each variable that holds one, if only in a part, as a URL holds a password. */
export function swarmSecrets(components: readonly PlannedComponent[], longestName: number): readonly SwarmSecret[] {
  const unnamed = components.flatMap((component) =>
    variablesOf(component)
      .filter(([, value]) => value.some(({ kind }) => kind === "secret"))
      .map(([variable, value]) => ({ component: component.name, variable, value, wanted: wantedName(component, variable) })),
  );
  const wishes = unnamed.map(({ component, variable, wanted }) => ({ identity: `${component} ${variable}`, wanted }));
  const names = shortNames(wishes, longestName);
  return unnamed.map(({ component, variable, value }) => ({
    name: names.get(`${component} ${variable}`) ?? "",
    component,
    variable,
    value,
  }));
}

function variablesOf({ env, source }: PlannedComponent): readonly (readonly [string, EnvValue])[] {
  if (source.kind !== "postgres") return Object.entries(env);
  return [["POSTGRES_PASSWORD", [{ kind: "secret", name: source.passwordSecret }]]];
}

function wantedName({ name, source }: PlannedComponent, variable: string): string {
  return source.kind === "postgres" ? source.passwordSecret : `${name}-${variable.toLowerCase().replaceAll("_", "-")}`;
}
