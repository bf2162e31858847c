import {
  build,
  type ComponentHandle,
  type EnvInput,
  type LinkTarget,
  type PostgresOptions,
  type PublicService,
  type RedisOptions,
  type ServiceHandle,
  type StackBuilder,
  type StackDefinition,
  stack,
  type Variables,
} from "@groundplan/model";

/** What a Compose file says, as the parts of a stack file. */
export interface ImportedStack {
  readonly name: string;
  /** Users after what they use. */
  readonly components: readonly ImportedComponent[];
  readonly hosts: readonly ImportedHost[];
  /** In the order of the Compose file. */
  readonly notes: readonly ImportNote[];
}

/** The options are in the order in which a stack file shows them. */
export type ImportedComponent =
  | { readonly kind: "service"; readonly name: string; readonly options: ImportedService }
  | { readonly kind: "redis"; readonly name: string; readonly options: Pick<RedisOptions, "port" | "image" | "memoryMb"> }
  | { readonly kind: "postgres"; readonly name: string; readonly options: PostgresOptions };

/** The options of a service. Links, secrets and pages are by name. */
export interface ImportedService {
  readonly image: string | { readonly build: string };
  readonly local?: string | readonly string[];
  readonly port?: number;
  readonly public?: boolean;
  readonly uses?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, EnvInput>>;
  readonly health?: { readonly ready?: string; readonly command: readonly string[] };
  readonly replicas?: number;
  readonly hardened?: boolean;
  readonly internet?: boolean;
  readonly memoryMb?: number;
}

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

/** Whether its hosts have to be written: one that runs everything is there by itself. */
export function hostsToWrite({ hosts }: ImportedStack): readonly ImportedHost[] {
  return hosts.length > 1 ? hosts : [];
}

/** The pages that a service leads to and that are declared after it: they are given to it below both. */
export function laterPages({
  components,
}: ImportedStack): readonly { readonly of: string; readonly name: string; readonly page: string }[] {
  return components.flatMap((component, index) => {
    const after = components.slice(index).map(({ name }) => name);
    return pagesOf(component).flatMap(([name, page]) => (after.includes(page) ? [{ of: component.name, name, page }] : []));
  });
}

export function pagesOf(component: ImportedComponent): readonly (readonly [variable: string, service: string])[] {
  if (component.kind !== "service") return [];
  return Object.entries(component.options.env ?? {}).flatMap(([name, value]) =>
    typeof value === "object" && "page" in value ? [[name, value.page] as const] : [],
  );
}

/** What the rendered stack file exports: for checks before it is written. */
export function stackDefinition(imported: ImportedStack): StackDefinition {
  return stack(imported.name, (s) => declare(s, imported));
}

function declare(s: StackBuilder, imported: ImportedStack): void {
  const handles = new Map<string, ComponentHandle>();
  const secrets = new Map([...new Set(imported.components.flatMap(secretsOf))].map((name) => [name, s.secret(name)]));
  const later = laterPages(imported);
  const given = (value: EnvInput): Variables[string] => {
    if (typeof value === "string") return value;
    if ("secret" in value) return secrets.get(value.secret) ?? s.secret(value.secret);
    return (handles.get(value.page) as ServiceHandle & PublicService).page;
  };
  for (const component of imported.components) {
    if (component.kind === "redis") handles.set(component.name, s.redis(component.name, component.options));
    else if (component.kind === "postgres") handles.set(component.name, s.postgres(component.name, component.options));
    else {
      const { image, uses, env, ...rest } = component.options;
      const links = Object.entries(uses ?? {}).map(([alias, name]) => [alias, handles.get(name) as LinkTarget]);
      const isLater = (name: string) => later.some((page) => page.of === component.name && page.name === name);
      const own = Object.entries(env ?? {}).filter(([name]) => !isLater(name));
      const options = {
        ...rest,
        image: typeof image === "string" ? image : build(image.build),
        uses: Object.fromEntries(links),
        env: Object.fromEntries(own.map(([name, value]) => [name, given(value)])),
      };
      // Whether it may have all of these together is for the check to say.
      handles.set(component.name, s.service(component.name, options as Parameters<StackBuilder["service"]>[1]));
    }
  }
  for (const { of, name, page } of later) (handles.get(of) as ServiceHandle).env({ [name]: given({ page }) });
  for (const { name, subnet, runs } of hostsToWrite(imported)) {
    s.host(name, { subnet, runs: runs.flatMap((component) => handles.get(component) ?? []) });
  }
}
