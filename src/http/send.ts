import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { bareType, isJson } from './contract/validation.ts';
import type { Answer } from './operation.ts';

/** Sends an answer: JSON of a value; text, bytes and streams as they are. */
export function send(reply: FastifyReply, { status, body, contentType, headers }: Answer): FastifyReply {
  reply.code(status);
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value);
  if (body === undefined) return reply.send();
  const isText = contentType !== undefined && !isJson(bareType(contentType));
  reply.type(contentType ?? 'application/json; charset=utf-8');
  return reply.send(isText || body instanceof Readable ? body : JSON.stringify(body));
}
