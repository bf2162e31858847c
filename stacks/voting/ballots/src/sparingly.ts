/** Calls `tell` at most once in `intervalMs`, with how many calls it left out since. The first call goes through at once. */
export function sparingly<T>(intervalMs: number, tell: (value: T, unsaid: number) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (value) => {
    const now = performance.now();
    if (now - last < intervalMs) {
      unsaid++;
      return;
    }
    tell(value, unsaid);
    last = now;
    unsaid = 0;
  };
}
