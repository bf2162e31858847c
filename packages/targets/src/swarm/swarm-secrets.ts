import type { EnvValue, PlannedComponent } from "@groundplan/model";
import { shortNames } from "../containers/short-names.js";

/** A file that one variable of one component is read from: swarm secrets are no variables. */
export interface SwarmSecret {
  readonly name: string;
  /** Or program of monitoring. */
  readonly component: string;
  /** The variable that it takes the place of. */
  readonly variable: string;
  /** The whole value of the variable. */
  readonly value: EnvValue;
}

/** A component, or a program of monitoring, which has no source. */
type SecretBearer = Pick<PlannedComponent, "name" | "env"> & { readonly source?: PlannedComponent["source"] };

/** A secret for each variable that holds one, if only in a part, as a URL holds a password. */
export function swarmSecrets(bearers: readonly SecretBearer[], longestName: number): readonly SwarmSecret[] {
  const unnamed = bearers.flatMap((component) =>
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

function variablesOf({ env, source }: SecretBearer): readonly (readonly [string, EnvValue])[] {
  if (source?.kind !== "postgres") return Object.entries(env);
  return [["POSTGRES_PASSWORD", [{ kind: "secret", name: source.passwordSecret }]]];
}

function wantedName({ name, source }: SecretBearer, variable: string): string {
  return source?.kind === "postgres" ? source.passwordSecret : `${name}-${variable.toLowerCase().replaceAll("_", "-")}`;
}
