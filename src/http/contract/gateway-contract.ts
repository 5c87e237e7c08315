import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isScope, type Scope } from '../../core/scopes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Ways of proving who one is, as the contract names them. */
export type SchemeName = 'bearer' | 'clientCertificate' | 'session';

/** What problems of an operation look like: `problem` is RFC 9457, the others are fixed by clients that exist. */
export const errorShapes = ['problem', 'detail', 'base64', 'fhir'] as const;
export type ErrorShape = (typeof errorShapes)[number];

/** Which limit of the configuration bounds the body. */
export const bodyLimits = ['json', 'upload', 'base64', 'instance', 'stow'] as const;
export type BodyLimit = (typeof bodyLimits)[number];

export interface ParameterSpec {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  /** JSON pointer of its schema in the document. */
  readonly pointer: string;
}

/** One answer that is documented: its media types, each with the pointer of its schema. */
export interface AnswerSpec {
  /** "200", or "default". */
  readonly status: string;
  readonly content: Readonly<Record<string, string>>;
}

export interface OperationSpec {
  readonly operationId: string;
  readonly method: Method;
  /** As in the contract: "/api/instances/{id}". */
  readonly path: string;
  readonly parameters: readonly ParameterSpec[];
  /** Undefined: no body is taken. */
  readonly body:
    | { readonly required: boolean; readonly content: Readonly<Record<string, string>> }
    | undefined;
  readonly answers: readonly AnswerSpec[];
  /** What the caller has to have, and how it may prove itself; undefined: no credentials are asked for. */
  readonly needs: { readonly schemes: readonly SchemeName[]; readonly scope: Scope | undefined } | undefined;
  readonly errorShape: ErrorShape;
  readonly bodyLimit: BodyLimit;
  /** Query parameters that are not named are left alone, where a standard wants that; else they are refused. */
  readonly furtherParameters: boolean;
  /** HEAD is answered as GET is, without the body (RFC 9110 9.3.2): probes of load balancers ask so. */
  readonly head: boolean;
}

type Node = Readonly<Record<string, unknown>>;

const methods: Readonly<Record<string, Method>> = { get: 'GET', post: 'POST', put: 'PUT', delete: 'DELETE' };
const schemeNames: readonly SchemeName[] = ['bearer', 'clientCertificate', 'session'];

/** openapi/gateway.yaml as it is on disk. */
export function readGatewayDocument(): Node {
  return parse(readFileSync(new URL('../../../openapi/gateway.yaml', import.meta.url), 'utf8')) as Node;
}

/**
 * The operations of a contract, in its order, references to parameters, bodies and answers followed. Throws where the
 * document says what this reader does not know: a right that is not understood must not become an open door.
 */
export function operationsOf(document: Node): readonly OperationSpec[] {
  const found: OperationSpec[] = [];
  for (const [path, item] of Object.entries(nodeAt(document, 'paths'))) {
    const shared = listOf(asNode(item).parameters);
    for (const [verb, method] of Object.entries(methods)) {
      const operation = asNode(item)[verb];
      if (operation === undefined) continue;
      const pointer = `/paths/${escaped(path)}/${verb}`;
      found.push(operationOf(document, asNode(operation), { path, method, pointer, shared }));
    }
  }
  const ids = new Set(found.map(({ operationId }) => operationId));
  if (ids.size < found.length) throw new Error('two operations of one operationId');
  return found;
}

interface Place {
  readonly path: string;
  readonly method: Method;
  readonly pointer: string;
  readonly shared: readonly unknown[];
}

function operationOf(document: Node, operation: Node, place: Place): OperationSpec {
  const { path, method, pointer, shared } = place;
  const item = pointer.slice(0, pointer.lastIndexOf('/'));
  const parameters = [
    ...shared.map((node, index) => parameterOf(document, node, `${item}/parameters/${index}`)),
    ...listOf(operation.parameters).map((node, index) =>
      parameterOf(document, node, `${pointer}/parameters/${index}`),
    ),
  ];
  const shape = operation['x-error-shape'] ?? 'problem';
  const limit = operation['x-body-limit'] ?? 'json';
  return {
    operationId: String(operation.operationId),
    method,
    path,
    parameters,
    body: bodyOf(document, operation.requestBody, `${pointer}/requestBody`),
    answers: Object.entries(asNode(operation.responses)).map(([status, node]) => {
      const { value, pointer: at } = followed(document, node, `${pointer}/responses/${status}`);
      return { status, content: contentOf(value, at) };
    }),
    needs: needsOf(operation.security ?? document.security),
    errorShape: errorShapes.find((known) => known === shape) ?? unknown(`x-error-shape of ${path}`),
    bodyLimit: bodyLimits.find((known) => known === limit) ?? unknown(`x-body-limit of ${path}`),
    furtherParameters: operation['x-further-parameters'] === true,
    head: operation['x-head'] === true,
  };
}

function parameterOf(document: Node, node: unknown, at: string): ParameterSpec {
  const { value, pointer } = followed(document, node, at);
  const place = value.in === 'path' || value.in === 'query' ? value.in : unknown(`place of ${pointer}`);
  return {
    name: String(value.name),
    in: place,
    required: value.required === true,
    pointer: `${pointer}/schema`,
  };
}

function bodyOf(document: Node, node: unknown, at: string): OperationSpec['body'] {
  if (node === undefined) return undefined;
  const { value, pointer } = followed(document, node, at);
  return { required: value.required === true, content: contentOf(value, pointer) };
}

function contentOf(value: Node, pointer: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(value.content === undefined ? {} : asNode(value.content)).map((type) => [
      type,
      `${pointer}/content/${escaped(type)}/schema`,
    ]),
  );
}

function needsOf(security: unknown): OperationSpec['needs'] {
  const alternatives = listOf(security);
  if (security !== undefined && alternatives.length === 0) return undefined;
  const schemes: SchemeName[] = [];
  const wanted = new Set<string>();
  for (const alternative of alternatives) {
    const [[name, rights] = ['', []], ...others] = Object.entries(asNode(alternative));
    if (others.length > 0) unknown('security with several schemes at once');
    schemes.push(schemeNames.find((known) => known === name) ?? unknown(`security scheme ${name}`));
    for (const right of listOf(rights)) wanted.add(String(right));
  }
  if (schemes.length === 0 || wanted.size > 1) unknown('security without one right');
  const [right] = wanted;
  return { schemes, scope: right === undefined ? undefined : isScope(right) ? right : unknown(right) };
}

function followed(
  document: Node,
  node: unknown,
  pointer: string,
): { readonly value: Node; readonly pointer: string } {
  const value = asNode(node);
  if (typeof value.$ref !== 'string') return { value, pointer };
  const target = value.$ref.replace(/^#/, '');
  const found = target
    .split('/')
    .slice(1)
    .reduce<Node>((at, step) => nodeAt(at, step.replaceAll('~1', '/').replaceAll('~0', '~')), document);
  return { value: found, pointer: target };
}

const escaped = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');

function nodeAt(node: Node, key: string): Node {
  return asNode(node[key]);
}

function asNode(value: unknown): Node {
  if (typeof value !== 'object' || value === null) return unknown('a part that is not there');
  return value as Node;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unknown(what: string): never {
  throw new Error(`openapi/gateway.yaml: not understood: ${what}`);
}
