import { nameLike } from "../init/stack-name.js";
import { parseComposeDocument } from "./compose-document.js";
import { schemaProblems } from "./compose-schema.js";
import { importServices } from "./import-services.js";
import type { ImportedStack, ImportProblem } from "./imported-stack.js";
import type { Environment } from "./interpolate.js";
import { interpolateValues } from "./interpolate-values.js";
import { Notes } from "./notes.js";
import { readServices } from "./read-services.js";
import { objectOf } from "./values.js";

export interface ComposeContext {
  /** The stack's name; `null`: as the file says, or its folder. */
  readonly name: string | null;
  /** Name of the folder that the file is in. */
  readonly folderName: string;
  /** The way from the stack file's folder to that of the Compose file, with slashes; "." for the same. */
  readonly place: string;
  /** Variables that the file may use. */
  readonly env: Environment;
  /** The variables of an `env_file`, by its path as it is written; `null`: it cannot be read. */
  readonly envFile: (path: string) => Environment | null;
}

/** A Compose file as a stack, or all that keeps it from being one. */
export function parseCompose(text: string, context: ComposeContext): ImportedStack | { readonly problems: readonly ImportProblem[] } {
  const document = parseComposeDocument(text);
  if ("problems" in document) return document;
  const { lineOf } = document;
  const shape = shapeProblem(document.data);
  if (shape !== null) return { problems: [shape] };
  const { data, variablesAt, problems } = interpolateValues(document, context.env);
  const wrong = [...problems, ...schemaProblems(data, lineOf)];
  if (wrong.length > 0) return { problems: wrong };

  const notes = new Notes(lineOf);
  const values = objectOf(data);
  const read = readServices(values, { ...context, lineOf, variablesAt }, notes);
  if (read.problems.length > 0) return { problems: read.problems };
  const { components, hosts } = importServices(values, read.services, context.place, notes);
  if (components.length === 0)
    return { problems: notes.all().map(({ line, at, what, advice }) => ({ line, column: null, at, message: what, fix: advice })) };

  const variables = [...new Set([...variablesAt.values()].flatMap((filled) => filled.variables))];
  if (variables.length > 0) {
    notes.add(
      ["services"],
      null,
      `variables have the values of today (${variables.join(", ")})`,
      "what differs from machine to machine goes into a secret or a program's own settings",
    );
  }
  const written = typeof values.name === "string" ? values.name : (context.env.COMPOSE_PROJECT_NAME ?? context.folderName);
  return { name: context.name ?? nameLike(written, "app"), components, hosts, notes: notes.all() };
}

function shapeProblem(data: unknown): ImportProblem | null {
  const { services, kind, apiVersion } = objectOf(data);
  const problem = (message: string, fix: string): ImportProblem => ({ line: null, column: null, at: "services", message, fix });
  if (services === undefined || services === null) {
    const isKubernetes = kind !== undefined && apiVersion !== undefined;
    const what = isKubernetes ? "this is a file for Kubernetes, not for Compose" : "this is no Compose file: it has no services";
    return problem(what, "name a compose.yaml or docker-compose.yml");
  }
  if (Object.keys(objectOf(services)).length > 0 || typeof services !== "object") return null;
  return problem("the file has no service", "write at least one under services");
}
