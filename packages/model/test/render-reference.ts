import { readFileSync } from "node:fs";
import { ALARMS, AWS, BUILD, HEALTH, HOST, LAG, MONITORING, PIPELINE, POSTGRES, REDIS, SERVICE, type Shape, WATCH } from "../src/index.js";

/** The declarations of a stack file in the order of the reference, each with the file of its shape. */
const SECTIONS: readonly (readonly [title: string, name: string, shape: Shape, file: string])[] = [
  ["s.service(name, options)", "SERVICE", SERVICE, "service.ts"],
  ["build(folder, options)", "BUILD", BUILD, "image.ts"],
  ["watch: { ... }", "WATCH", WATCH, "service.ts"],
  ["health: { ... }", "HEALTH", HEALTH, "service.ts"],
  ["s.postgres(name, options)", "POSTGRES", POSTGRES, "databases.ts"],
  ["s.redis(name, options)", "REDIS", REDIS, "databases.ts"],
  ["s.host(name, options)", "HOST", HOST, "host.ts"],
  ["s.monitoring(options)", "MONITORING", MONITORING, "monitoring.ts"],
  ["alarms: { ... }", "ALARMS", ALARMS, "monitoring.ts"],
  ["s.pipeline(options)", "PIPELINE", PIPELINE, "pipeline.ts"],
  ["lag: { ... }", "LAG", LAG, "pipeline.ts"],
  ["s.aws(options)", "AWS", AWS, "aws.ts"],
];

const HEAD = `# Reference: what a stack file may say

Every option of every declaration, with its default. The same text is in your editor. This page is made from the shapes in
\`packages/model/src/builder\` by \`UPDATE_GOLDEN=1 npm test -- reference\`; what a wrong value is told is in [problems.md](problems.md).
`;

export function renderReference(): string {
  return [HEAD, ...SECTIONS.map(([title, name, shape, file]) => section(title, name, shape, file))].join("\n");
}

interface Doc {
  readonly text: string;
  readonly fallback: string | null;
  readonly examples: readonly string[];
}

function section(title: string, name: string, shape: Shape, file: string): string {
  const source = readFileSync(new URL(`../src/builder/${file}`, import.meta.url), "utf8");
  const declared = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport const ${name} = \\{\\n([\\s\\S]*?)\\n\\};`).exec(source);
  if (declared === null) throw new Error(`${file} has no documented shape ${name}`);
  const [, about = "", body = ""] = declared;
  const options = Object.entries(shape).map(([key, field]) => {
    const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n(?:  // .*\\n)*  ${key}: `).exec(body)?.[1];
    if (comment === undefined) throw new Error(`${name}.${key} has no comment`);
    return option(`${name}.${key}`, key, docOf(comment), field);
  });
  return `## ${title}\n\n${docOf(about).text}\n\n${options.join("\n")}`;
}

function option(place: string, key: string, { text, fallback, examples }: Doc, field: Shape[string]): string {
  if (examples.length === 0) throw new Error(`${place} has no example`);
  if (field.required !== (fallback === null))
    throw new Error(`${place} is ${field.required ? "required and has" : "optional and says"} no default`);
  // A default that is a plain value has to be the one that is said.
  const plain = ["string", "number", "boolean"].includes(typeof field.fallback) ? JSON.stringify(field.fallback) : null;
  if (!field.required && plain !== null && !fallback?.startsWith(plain))
    throw new Error(`${place} says ${fallback}, and its default is ${plain}`);
  const takes = `Takes ${field.kind.allowed}. ${field.required ? "It must be written." : `Default: ${fallback}.`}`;
  return `### \`${key}\`\n\n${text}\n\n${takes}\n\n\`\`\`ts\n${examples.join("\n")}\n\`\`\`\n`;
}

function docOf(comment: string): Doc {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\*? ?/, "").trimEnd());
  const tags = lines.join("\n").split(/\n(?=@)/);
  const tagged = (tag: string) =>
    tags
      .filter((part) => part.startsWith(`@${tag} `))
      .map((part) =>
        part
          .slice(tag.length + 2)
          .trim()
          .replace(/\n/g, " "),
      );
  return { text: (tags[0] ?? "").trim(), fallback: tagged("default")[0] ?? null, examples: tagged("example") };
}
