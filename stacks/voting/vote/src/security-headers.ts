/** The page runs no script and loads nothing but its own style sheet. */
export const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
} as const;

/** An answer to a program. Answers to a POST are not stored by caches. */
export const API_HEADERS = { "x-content-type-options": "nosniff" } as const;
