import type { PostgresOptions, RedisOptions, ServiceOptions } from "@groundplan/model";

/** What a Compose file says, as the parts of a stack file. */
export interface ImportedStack {
  readonly name: string;
  /** Users after what they use. */
  readonly components: readonly ImportedComponent[];
  readonly hosts: readonly ImportedHost[];
  /** In the order of the Compose file. */
  readonly notes: readonly ImportNote[];
}

/** Links are by name. The options are in the order in which a stack file shows them. */
export type ImportedComponent =
  | { readonly kind: "service"; readonly name: string; readonly options: ServiceOptions }
  | { readonly kind: "redis"; readonly name: string; readonly options: RedisOptions }
  | { readonly kind: "postgres"; readonly name: string; readonly options: PostgresOptions };

/** The secrets in the variables of a component, one for each variable. */
export function secretsOf(component: ImportedComponent): readonly string[] {
  if (component.kind !== "service") return [];
  return Object.values(component.options.env ?? {}).flatMap((value) =>
    typeof value === "object" && "secret" in value ? [value.secret] : [],
  );
}

export interface ImportedHost {
  readonly name: string;
  readonly subnet: "public" | "private";
  readonly runs: readonly string[];
}

/** Something that the stack file does not say, or says otherwise than the Compose file. */
export interface ImportNote {
  /** Of the Compose file, from 1. */
  readonly line: number;
  /** In the Compose file, for example `services.web.volumes`. */
  readonly at: string;
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
  /** The component it is about; `null`: the whole stack. */
  readonly component: string | null;
}

/** Why a Compose file cannot be read. */
export interface ImportProblem {
  /** From 1; `null`: it is about no line. */
  readonly line: number | null;
  readonly column: number | null;
  readonly at: string;
  readonly message: string;
  readonly fix: string;
}
