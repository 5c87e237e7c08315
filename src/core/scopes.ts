/** Rights of a caller of the HTTP API; what each includes is said in http/security/actor.ts. */
export const scopes = ['read', 'operate', 'identify', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export function isScope(value: unknown): value is Scope {
  return scopes.some((scope) => scope === value);
}
