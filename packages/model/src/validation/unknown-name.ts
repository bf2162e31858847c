import { nearest } from "../nearest.js";
import type { Problem, ProblemCode } from "../problem.js";
import { show, sortedListOf } from "../show.js";

/** The problem of a name that stands for nothing: offers the nearest name that stands for something. */
export function unknownName(at: string, code: ProblemCode, what: string, found: string, known: Iterable<string>): Problem {
  const names = [...known];
  const near = nearest(found, names);
  return {
    at,
    code,
    message: `${show(found)} is not a ${what} of this stack`,
    found: show(found),
    allowed: sortedListOf(names),
    fix: near === null ? `add a ${what} named ${show(found)}` : `write ${show(near)}, or add a ${what} named ${show(found)}`,
  };
}
