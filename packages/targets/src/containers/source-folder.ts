import type { OutputPlace } from "../target.js";

/** The folder `build` of a service, as seen from the folder that the files are written to. */
export function sourceFolder(build: string, { stackFolder }: OutputPlace): string {
  const inStack = build.replace(/^\.\/+/, "").replace(/\/+$/, "");
  return inStack === "" || inStack === "." ? stackFolder : `${stackFolder}/${inStack}`;
}

/** Program and arguments as one types them. */
export function commandLine(command: readonly string[]): string {
  return command.map(shellWord).join(" ");
}

export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
