/** The images of the databases, unless the stack says otherwise: a version each, so that a redeployment changes nothing by chance. */
export const DEFAULT_IMAGES = { redis: "redis:7.2.7-bookworm", postgres: "postgres:17.5-bookworm" } as const;
