const SHORTEST_MS = 1_000;

/**
 * How long a viewer should wait before it comes back, in ms: at least a second, and then at random over as many ms as there are
 * viewers (a second at least), so that after a restart they come at about a thousand a second instead of all in one instant.
 */
export function retryMs(viewers: number, random: () => number = Math.random): number {
  return Math.round(SHORTEST_MS + random() * Math.max(SHORTEST_MS, viewers));
}
