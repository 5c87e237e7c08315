import type { FastifyBodyParser, FastifyInstance, FastifyRequest } from 'fastify';
import { SallyportError } from '../core/errors.ts';
import type { OperationSpec } from './contract/gateway-contract.ts';
import { bareType } from './contract/validation.ts';
import { isMostlyText, longJsonCharacters } from './json-shape.ts';
import { hasBytes } from './request-facts.ts';

/** JSON, without `__proto__`; an empty body is none. */
export function jsonParser(app: FastifyInstance): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, text, done) => {
    if (text === '') done(null, undefined);
    else if (text.length > longJsonCharacters && !isMostlyText(text))
      done(new SallyportError('REQUEST_INVALID', { detail: 'a long body with more in it than one text' }));
    else void parse(request, text, done);
  };
}

/**
 * The media type of the body that an operation reads; undefined without one. Throws REQUEST_INVALID where a body is missing
 * or is one that nobody reads, and MEDIA_TYPE_UNSUPPORTED.
 */
export function bodyTypeOf({ body }: OperationSpec, request: FastifyRequest): string | undefined {
  const isThere = hasBytes(request);
  if (body === undefined) {
    // `{}` is what many clients send where there is nothing to say; others are refused.
    if (isThere && request.body !== undefined && !isEmptyObject(request.body))
      throw new SallyportError('REQUEST_INVALID', { detail: 'this operation takes no body' });
    return undefined;
  }
  if (!isThere) {
    if (body.required) throw new SallyportError('REQUEST_INVALID', { detail: 'a body is missing' });
    return undefined;
  }
  // Of bytes without a word of what they are a receiver may think this (RFC 9110 8.3).
  const type = bareType(request.headers['content-type'] ?? 'application/octet-stream');
  if (!Object.hasOwn(body.content, type)) throw new SallyportError('MEDIA_TYPE_UNSUPPORTED');
  return type;
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}
