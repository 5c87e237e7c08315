import type { Test } from 'tap';
import { type AskBody, makeFile, type RealGateway } from './real-gateway.ts';

/** Asks a real gateway for every status that the contract names of some operations. */
export type ContractGroup = (t: Test, given: GroupGiven) => Promise<void>;

export interface GroupGiven {
  /** The gateway that all groups share. */
  readonly real: RealGateway;
  /** A folder of jobs; `in` within it holds files. */
  readonly root: string;
  /** A gateway of the group's own, set otherwise; its answers count as those of the shared one. */
  startAnother(args: readonly string[]): Promise<RealGateway>;
}

export const unknownId = 'abcdefghijklmnop12345678';
export const part10 = { 'content-type': 'application/dicom' };
/** Of the shared gateway. */
export const maxInstanceBytes = 256 * 1024;

type Body = Record<string, unknown>;

/** The body of an answer, as JSON. */
export function bodyOf(answer: { readonly body: unknown }): Body {
  return answer.body as Body;
}

/** Asks for each of these, one after the other, and wants the status named. */
export async function expectAll(
  t: Test,
  of: RealGateway,
  rows: readonly (readonly [number, string, AskBody?])[],
): Promise<void> {
  for (const [status, line, options] of rows) {
    const [method = '', path = ''] = line.split(' ');
    const answer = await of.ask(t, method, path, options);
    t.equal(answer.status, status, `${line}: ${answer.text.slice(0, 200)}`);
  }
}

/** Hands an instance over, and gives its id. */
export async function receive(
  t: Test,
  real: RealGateway,
  bytes: Uint8Array<ArrayBuffer> = makeFile('clear').bytes,
): Promise<string> {
  const answer = await real.ask(t, 'POST', '/receive_dicom', { body: bytes, headers: part10 });
  t.equal(answer.status, 200, answer.text);
  return String(bodyOf(answer).instanceId);
}
