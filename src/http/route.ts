/** A request as a route sees it: the server has checked who asks, and parsed what was sent. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed JSON; undefined where nothing was sent. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON; text as it is, where `contentType` says what it is. */
  readonly body: unknown;
  readonly contentType?: string;
}

/** One route. openapi/gateway.yaml describes each; a test compares the two. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** With parameters as `:name`. */
  readonly path: string;
  /** `everyone`: asks for no credentials; `token`: whoever has the token of the API. */
  readonly for: 'everyone' | 'token';
  /** Throws SallyportError: its code becomes the status and the problem. */
  readonly handle: (request: RouteRequest) => Promise<Answer>;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}
