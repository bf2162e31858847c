import type { ComposeService } from "./compose-service.js";
import { type ImageKind, type KnownImage, knownImage, usualDatabase } from "./known-images.js";
import { exposedPorts, type ReadPorts, readPorts } from "./read-ports.js";
import { listOf } from "./values.js";

/** A service of a Compose file, as far as others need to know it. */
export interface Draft {
  readonly service: ComposeService;
  readonly kind: ImageKind;
  readonly image: KnownImage | null;
  readonly ports: ReadPorts;
  /** The port that it listens on; `null`: the file does not say it. */
  readonly port: number | null;
}

/** @param named The ports at which other services look for it. */
export function draftOf(service: ComposeService, named: readonly number[]): Draft {
  const { values } = service;
  const image = typeof values.image === "string" ? knownImage(values.image) : null;
  const kind = values.build === undefined ? (image?.kind ?? "service") : "service";
  const ports = readPorts(values.ports);
  const draft = { service, kind, image, ports };
  if (kind === "service") {
    const targets = ports.published.map(({ target }) => target);
    const told = numberIn(envText(service, "PORT"));
    const port = told !== null && targets.includes(told) ? told : (targets[0] ?? exposedPorts(service)[0] ?? told ?? named[0]);
    return { ...draft, port: port ?? image?.port ?? null };
  }
  const told = kind === "postgres" ? envText(service, "PGPORT") : /--port (\d+)/.exec(listOf(values.command).join(" "))?.[1];
  return { ...draft, port: numberIn(told) ?? usualDatabase(kind).port };
}

export function isPublic({ kind, ports }: Draft): boolean {
  return kind === "service" && ports.published.length > 0;
}

export function envText(service: ComposeService, name: string): string | undefined {
  return service.env.find((entry) => entry.name === name)?.text;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
