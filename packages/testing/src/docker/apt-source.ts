import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where this machine's own packages come from, as debootstrap wants it. */
export interface AptSource {
  readonly mirror: string;
  /** The release, for example "bookworm". */
  readonly suite: string;
  readonly components: readonly string[];
}

/** The machine's source of its own release; `null` when its settings name none. */
export function readAptSource(folder = "/etc/apt", osRelease = "/etc/os-release"): AptSource | null {
  const release = /^VERSION_CODENAME="?([\w-]+)/m.exec(readFileSync(osRelease, "utf8"))?.[1];
  const files = readdirSync(folder, { recursive: true }) as string[];
  const sources = files.sort().flatMap((file) => {
    if (file.endsWith(".sources")) return parseStanzas(readFileSync(join(folder, file), "utf8"));
    return file.endsWith(".list") ? parseLines(readFileSync(join(folder, file), "utf8")) : [];
  });
  return sources.find((source) => source.suite === release && source.components.includes("main")) ?? null;
}

/** The format of *.sources: stanzas of fields, see sources.list(5). */
export function parseStanzas(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const words = (field: string): readonly string[] => {
      const value = new RegExp(`^${field}:(.*(?:\\n[ \\t].*)*)`, "mi").exec(stanza)?.[1] ?? "";
      return value.split(/\s+/).filter(Boolean);
    };
    const components = words("Components");
    if (!words("Types").includes("deb")) return [];
    return words("URIs").flatMap((mirror) => words("Suites").map((suite) => ({ mirror, suite, components })));
  });
}

/** The format of *.list: `deb [options] URI suite components`, a line each. */
export function parseLines(text: string): readonly AptSource[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(([, mirror, suite, components]) => ({
    mirror: mirror as string,
    suite: suite as string,
    components: (components as string).split(/\s+/).filter(Boolean),
  }));
}
