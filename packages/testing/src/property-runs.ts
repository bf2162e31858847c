import fc from "fast-check";

/**
 * How fast-check runs a property in a test: as `usual` says, and with other seeds each time where it names none. A failure says its seed
 * and its path, and in which variables they are given again; FC_RUNS tries more cases.
 */
export function propertyRuns<T>(usual: fc.Parameters<T> = {}): fc.Parameters<T> {
  const { FC_SEED, FC_PATH, FC_RUNS } = process.env;
  return {
    ...usual,
    ...(FC_RUNS !== undefined && { numRuns: Number(FC_RUNS) }),
    ...(FC_SEED !== undefined && { seed: Number(FC_SEED) }),
    ...(FC_PATH !== undefined && { path: FC_PATH }),
    reporter(details) {
      if (!details.failed) return;
      const again = `FC_SEED=${details.seed} FC_PATH=${details.counterexamplePath ?? ""}`;
      const message = `${fc.defaultReportMessage(details)}\n\nThe same again: ${again} npm test -- <a part of this file's path>`;
      throw new Error(message, { cause: details.errorInstance });
    },
  };
}
