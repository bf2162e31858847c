import { type Problem, stack, validateStack } from "@groundplan/model";

/** The longest name that the model takes. */
const LONGEST = 40;

/** What is wrong with the name of a stack or of a part of one; `null`: every target can use it. */
export function nameProblem(name: string): Problem | null {
  const smallest = stack(name, (s) => s.host("main", { subnet: "public", runs: [s.redis("db")] }));
  return validateStack(smallest).find(({ at }) => at === "stack") ?? null;
}

/** The nearest name that every target can use. @param fallback Where nothing usable is left of the text. */
export function nameLike(text: string, fallback: string): string {
  const name = text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
  if (name === "") return fallback;
  // It is of the right form, so what is wrong with it is that the name is reserved.
  return nameProblem(name) === null ? name : `${name}-app`;
}
