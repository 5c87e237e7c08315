import type { Readable } from 'node:stream';
import { SallyportError } from '../core/errors.ts';
import type { Actor, AuthenticationRequest } from './security/actor.ts';

/** A file of a multipart/form-data body. */
export interface UploadedFile {
  /** Name of the form's field. */
  readonly field: string;
  /**
   * Its bytes, bounded by the operation's limit: beyond it the stream fails with BODY_TOO_LARGE. To be read to its end
   * before the next part is asked for.
   */
  readonly stream: Readable;
}

/** A part of a multipart/form-data body, in the order sent. */
export type FormPart =
  | ({ readonly kind: 'file' } & UploadedFile)
  | { readonly kind: 'field'; readonly field: string; readonly value: string };

/**
 * A request as an operation sees it: the server has checked who asks, and held parameters and JSON against the contract.
 * What the contract gives a default is there.
 */
export interface OperationRequest {
  /** Path parameters, converted as their schemas say. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Query parameters, converted as their schemas say; absent where not given and without a default. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed JSON; undefined where nothing was sent, or where the body is not JSON. */
  readonly body: unknown;
  /** Media type of the body with its parameters, as sent; undefined without a body. */
  readonly contentType: string | undefined;
  /** `Content-Length`, where the sender told it, bytes. */
  readonly contentLength: number | undefined;
  /** The bytes of a body that is neither JSON nor a form, bounded as `UploadedFile.stream` is. */
  readonly stream: () => Readable;
  /** The parts of a multipart/form-data body. Rejects with REQUEST_INVALID or BODY_TOO_LARGE. */
  readonly form: () => AsyncIterable<FormPart>;
  /** A header of the request, where an operation's contract has one. */
  readonly header: (name: string) => string | undefined;
  /** Who asks. Throws where the contract asks for no credentials. */
  readonly actor: () => Actor;
  /** As `actor`, where there may be none. */
  readonly caller: Actor | undefined;
  /** What of the request tells who asks; for the operations of sessions. */
  readonly credentials: AuthenticationRequest;
  /** Address of the peer of the connection. */
  readonly address: string;
  /** The connection is TLS. */
  readonly secure: boolean;
  /** Aborts when the client has gone, or when the gateway stops. */
  readonly signal: AbortSignal;
}

/** What an operation answers; the server holds it against the contract before it is sent. */
export interface Answer {
  readonly status: number;
  /** A value for JSON; text, bytes or a stream as they are where `contentType` says what they are; nothing for 204. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** Of several values each is a header of its own. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** Throws or rejects with SallyportError: its code becomes the status and the problem, in the shape the contract has for it. */
export type Operation = (request: OperationRequest) => Promise<Answer>;

/** By `operationId` of openapi/gateway.yaml. */
export type Operations = Readonly<Record<string, Operation>>;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export const noContent: Answer = { status: 204 };

/** A path or query parameter of type string. The contract has made sure of it; absent is ''. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A string parameter that may be absent. */
export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A parameter of type integer with a default. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/**
 * Epoch milliseconds of a date-time parameter that may be absent. A leap second, which RFC 3339 has and `Date` has not, is
 * the one after it. Throws REQUEST_INVALID for a time that cannot be told.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const leap = /:60(?=[.Zz+-])/;
  const at = leap.test(value) ? Date.parse(value.replace(leap, ':59')) + 1000 : Date.parse(value);
  if (Number.isNaN(at)) throw new SallyportError('REQUEST_INVALID', { detail: 'a time that cannot be told' });
  return at;
}
