import { shellWord } from "@groundplan/model";
import type { CommandInput } from "../command.js";

/** What says which deployment is meant. */
const PLACE = ["--stack", "--out"];

/** Another command on the same stack and folder, as one types it: `hint(input, "compose ps")`. */
export function hint({ given }: CommandInput, command: string): string {
  return render(command, given, (option) => PLACE.includes(option));
}

/** This command once more, with all that was given but consent and form. */
export function again({ path, given }: CommandInput): string {
  return render(path, given, (option) => option !== "--auto-approve" && option !== "--json");
}

function render(command: string, given: CommandInput["given"], isWanted: (option: string) => boolean): string {
  const words = [...given]
    .filter(([option]) => isWanted(option))
    .flatMap(([option, texts]) => texts.flatMap((text) => (text === "" ? [option] : [option, shellWord(text)])));
  return ["groundplan", command, ...words].join(" ");
}
