/** Line drawings in a square of 22 px, by what they stand for. */
export const ICONS = {
  service: "M3 5 h16 v12 h-16 Z M3 9 h16 M6 7 h.01 M9 7 h.01",
  redis: "M11 2.5 L20 6.5 L11 10.5 L2 6.5 Z M2 11 L11 15 L20 11 M2 15.5 L11 19.5 L20 15.5",
  postgres: "M3 5 a8 3 0 0 0 16 0 a8 3 0 0 0 -16 0 M3 5 v12 a8 3 0 0 0 16 0 v-12 M3 11 a8 3 0 0 0 16 0",
  internet: "M2 11 a9 9 0 0 0 18 0 a9 9 0 0 0 -18 0 M2 11 h18 M11 2 a5 9 0 0 0 0 18 a5 9 0 0 0 0 -18",
} as const;
