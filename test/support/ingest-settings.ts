/** The defaults of `http.ingest`. */
export const ingestDefaults = {
  maxRequests: 32,
  maxInstanceMs: 30 * 60_000,
  maxRequestMs: 4 * 60 * 60_000,
} as const;
