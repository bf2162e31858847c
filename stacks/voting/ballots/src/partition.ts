/**
 * The queue is cut in this many partitions, each in strict order. All ballots of one voter are in one partition,
 * so the order that decides which vote stands survives several workers. It bounds how many workers have work.
 */
export const PARTITIONS = 4;

/**
 * The partition of a voter, 0 to PARTITIONS - 1. ADOPT_CLASSIC_SCRIPT computes the same.
 * The voter must be ASCII: the ids that the vote service makes are.
 */
export function partitionOf(voter: string): number {
  let hash = 0;
  for (let i = 0; i < voter.length; i++) hash = (Math.imul(hash, 31) + voter.charCodeAt(i)) | 0;
  return (hash >>> 0) % PARTITIONS;
}
