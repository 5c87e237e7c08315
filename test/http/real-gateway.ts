import { readdirSync, unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Test } from 'tap';
import { type Scope, scopes } from '../../src/core/scopes.ts';
import { TokenStore } from '../../src/http/security/token-store.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { type GreyOptions, greyImage, withElements, withoutElements } from '../support/instances.ts';
import { storeBody, storeType } from '../support/store-request.ts';
import { assertDescribed, document, type HttpAnswer, specs } from './http-fixture.ts';

export interface AskBody {
  readonly body?: unknown;
  /** Scope whose token asks; null: no credentials; `everything` where left out. */
  readonly as?: Scope | 'everything' | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RealGateway {
  readonly gateway: RunningGateway;
  readonly url: string;
  readonly tokens: Readonly<Record<Scope | 'everything', string>>;
  /** `operationId status`, of every answer so far. */
  readonly seen: Set<string>;
  /** Asks, and fails the test where the answer is not what the document says of it. */
  ask(t: Test, method: string, path: string, options?: AskBody): Promise<HttpAnswer>;
}

/** A gateway with all its parts, over real HTTP, and a token of every scope. */
export async function startReal(
  t: Test,
  { directory, args = [] }: { readonly directory: string; readonly args?: readonly string[] },
): Promise<RealGateway> {
  const gateway = await startGateway(t, { directory, args: ['--workers=1', ...args] });
  const store = new TokenStore(gateway.storageDir);
  const made = Object.fromEntries([
    ...scopes.map((scope) => [scope, store.create({ name: scope, scopes: [scope] }).text]),
    ['everything', store.create({ name: 'everything', scopes: ['admin', 'identify'] }).text],
  ]) as RealGateway['tokens'];
  const url = `http://127.0.0.1:${gateway.httpPort}`;
  const seen = new Set<string>();
  return {
    gateway,
    url,
    tokens: made,
    seen,
    async ask(t, method, path, { body, as = 'everything', headers = {} } = {}) {
      const isPlain = typeof body === 'object' && body?.constructor === Object;
      const response = await fetch(`${url}${path}`, {
        method,
        // What the gateway says is held against the document, not what it leads to.
        redirect: 'manual',
        headers: {
          ...(as === null ? {} : { authorization: `Bearer ${made[as]}` }),
          ...(isPlain ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: isPlain ? JSON.stringify(body) : (body as Uint8Array<ArrayBuffer> | FormData) }),
      });
      const answer = await answerOf(response);
      assertDescribed(t, method, path, answer);
      note(seen, method, path, answer.status);
      return answer;
    },
  };
}

export async function answerOf(response: Response): Promise<HttpAnswer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const text = bytes.toString(/json|text/.test(type) ? 'utf8' : 'latin1');
  return {
    status: response.status,
    type,
    headers: response.headers,
    text,
    body: /[/+]json$/.test(type) && text !== '' ? JSON.parse(text) : undefined,
  };
}

function note(seen: Set<string>, method: string, path: string, status: number): void {
  const plain = path.split('?')[0] ?? '';
  const spec = specs.find(
    (one) =>
      one.method === method &&
      new RegExp(`^${one.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  if (spec !== undefined) seen.add(`${spec.operationId} ${status}`);
}

/** Every `operationId status` that the document names, `default` aside. */
export function documentedAnswers(): readonly string[] {
  return specs.flatMap(({ operationId, answers }) =>
    answers.filter(({ status }) => status !== 'default').map(({ status }) => `${operationId} ${status}`),
  );
}

export { document, specs };

export interface MadeFile {
  readonly uid: string;
  readonly study: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

/** A Part 10 file; the kind decides what becomes of it under `holdProfile`. */
export function makeFile(kind: 'clear' | 'risky' | 'pixelless', options: GreyOptions = {}): MadeFile {
  const image = greyImage(options);
  const text = (tag: number): string => String(image.find((one) => one.tag === tag)?.value);
  const elements = kinds[kind](image);
  return {
    uid: text(0x00080018),
    study: text(0x0020000d),
    bytes: Buffer.from(encodePart10({ elements })),
  };
}

const kinds: Readonly<
  Record<'clear' | 'risky' | 'pixelless', (image: readonly WriterElement[]) => WriterElement[]>
> = {
  /** A radiograph, which `holdProfile` lets pass. */
  clear: (image) =>
    withElements(
      image,
      element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.1'),
      element(0x00080060, 'CS', 'CR'),
    ),
  /** Secondary Capture: held, and to be released. */
  risky: (image) => [...image],
  pixelless: (image) =>
    withoutElements(image, ...image.map(({ tag }) => tag).filter((tag) => tag >>> 16 === 0x0028), 0x7fe00010),
};

/** A form with this file, and further fields. */
export function fileForm(
  bytes: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([bytes]), 'in.dcm');
  return form;
}

/** Body and headers of a Store request. */
export function storeRequest(parts: readonly Uint8Array[]): Required<Pick<AskBody, 'body' | 'headers'>> {
  return { body: storeBody('b', parts), headers: { 'content-type': storeType('b') } };
}

/** Removes the bytes of an instance behind the gateway's back, as a damaged disk would. */
export function loseBytes({ gateway }: RealGateway, id: string): void {
  const found = readdirSync(gateway.storageDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    basename(path).startsWith(id),
  );
  if (found.length !== 1) throw new Error(`${found.length} files of one instance`);
  unlinkSync(join(gateway.storageDir, found[0] ?? ''));
}
