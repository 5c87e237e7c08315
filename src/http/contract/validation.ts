import { Readable } from 'node:stream';
import { type ErrorObject, Ajv2020 as JsonSchema, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { SallyportError } from '../../core/errors.ts';
import type { Answer } from '../operation.ts';
import { flagIn } from './flag-words.ts';
import type { OperationSpec, ParameterSpec } from './gateway-contract.ts';

/** Holds one operation's requests and answers against the contract. */
export interface OperationValidator {
  /** Converted parameters, defaults filled in. Throws REQUEST_INVALID; nothing given is repeated. */
  params(given: unknown): Readonly<Record<string, unknown>>;
  query(given: unknown): Readonly<Record<string, unknown>>;
  /** The JSON body. Throws REQUEST_INVALID. */
  body(value: unknown): void;
  /** Where an answer is not as documented, in words of the contract; undefined where it is. */
  answerFault(answer: Answer): string | undefined;
}

const json = 'application/json';
/** Words of OpenAPI and of this contract that are no words of JSON Schema. */
const vocabulary = [
  'openapi',
  'info',
  'servers',
  'security',
  'tags',
  'paths',
  'components',
  'x-rights',
  'example',
];

/** A schema, compiled when it is first asked for. */
type Late = () => ValidateFunction;

export type ValidatorOf = (operation: OperationSpec) => OperationValidator;

/**
 * Validators for the operations of a document. Each schema is compiled when it is first wanted: all at once would hold up the
 * start of the gateway by a second of processor time.
 */
export function contractValidators(document: object): ValidatorOf {
  const options = {
    strict: true,
    strictTypes: false,
    strictRequired: false,
    validateSchema: false,
    verbose: true,
  } as const;
  const values = new JsonSchema(options);
  // What stands in a URL is text: numbers and booleans are made of it.
  const texts = new JsonSchema({ ...options, coerceTypes: true, useDefaults: true });
  for (const schemas of [values, texts]) {
    formats.default(schemas, ['date-time']);
    schemas.addVocabulary(vocabulary);
    schemas.addSchema(document, 'gateway');
  }
  const compiled = (pointer: string): Late =>
    once(() => values.compile({ $ref: `gateway#${encodeURI(pointer)}` }));
  return (operation) => {
    const params = once(() => parameterValidator(texts, operation, 'path'));
    const query = once(() => parameterValidator(texts, operation, 'query'));
    const flags = operation.parameters
      .filter((one) => one.in === 'query' && isFlag(schemaAt(texts, one.pointer)))
      .map(({ name }) => name);
    const bodyPointer = operation.body?.content[json];
    const bodyOf = bodyPointer === undefined ? undefined : compiled(bodyPointer);
    const answers = new Map<string, Late | null>();
    for (const { status, content } of operation.answers) {
      answers.set(status, null);
      for (const [type, pointer] of Object.entries(content))
        answers.set(`${status} ${type}`, isJson(type) ? compiled(pointer) : null);
    }
    return {
      params: (given) => parsed(params(), given),
      query: (given) => parsed(query(), withFlags(given, flags)),
      body: (value) => {
        const body = bodyOf?.();
        if (body !== undefined && !body(value)) throw refusalOf('body', body.errors);
      },
      answerFault: (answer) => answerFault(answers, answer),
    };
  };
}

function once(make: Late): Late {
  let made: ValidateFunction | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Media type without its parameters. */
export function bareType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

export function isJson(type: string): boolean {
  return type === json || type.endsWith('+json');
}

function parameterValidator(
  schemas: JsonSchema,
  { parameters, furtherParameters }: OperationSpec,
  place: ParameterSpec['in'],
): ValidateFunction {
  const own = parameters.filter((parameter) => parameter.in === place);
  // A default counts only where it stands in the schema of the parameter itself, not behind a reference.
  return schemas.compile({
    type: 'object',
    // What is not understood is refused: a misspelt filter would show all instances.
    additionalProperties: place === 'query' && furtherParameters,
    required: own.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(
      own.map(({ name, pointer }) => [name, schemaAt(schemas, pointer)] as const),
    ),
  });
}

function isFlag(schema: unknown): boolean {
  return (schema as { readonly type?: unknown }).type === 'boolean';
}

/** Booleans as clients write them; other text is left for the schema to refuse. */
function withFlags(given: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  const values = { ...(given as Record<string, unknown>) };
  for (const name of names) {
    const text = values[name];
    if (typeof text === 'string') values[name] = flagIn(text) ?? text;
  }
  return values;
}

function schemaAt(schemas: JsonSchema, pointer: string): unknown {
  const document = schemas.getSchema('gateway')?.schema;
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (at, step) =>
        (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
}

function parsed(validate: ValidateFunction, given: unknown): Readonly<Record<string, unknown>> {
  const value = { ...(given as Record<string, unknown>) };
  if (!validate(value)) throw refusalOf('parameters', validate.errors);
  return value;
}

/** Names a place of the contract: pointers and words of its schemas, never a key or value of the request. */
function refusalOf(
  where: 'body' | 'parameters',
  errors: readonly ErrorObject[] | null | undefined,
): SallyportError {
  const [error] = errors ?? [];
  if (error === undefined) return new SallyportError('REQUEST_INVALID', { detail: where });
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys((error.parentSchema?.properties ?? {}) as object).join(', ');
    const what = where === 'parameters' ? 'no such parameter' : 'a property that is not known';
    const detail = known === '' ? what : `${what}; there are ${known}`;
    return new SallyportError('REQUEST_INVALID', { detail: detail.slice(0, 300) });
  }
  const at = /^[/\w.-]{0,80}$/.test(error.instancePath) ? error.instancePath.replace(/^\//, '') : '';
  const what = `${at === '' ? where : at} ${error.message ?? error.keyword}`;
  const allowed = error.keyword === 'enum' ? `: ${allowedValues(error)}` : '';
  return new SallyportError('REQUEST_INVALID', { detail: `${what}${allowed}`.slice(0, 300) });
}

function allowedValues(error: ErrorObject): string {
  const { allowedValues: values } = error.params as { allowedValues?: readonly unknown[] };
  return (values ?? []).join(', ');
}

function answerFault(
  answers: ReadonlyMap<string, Late | null>,
  { status, body, contentType }: Answer,
): string | undefined {
  const documented = answers.has(String(status))
    ? String(status)
    : answers.has('default')
      ? 'default'
      : undefined;
  if (documented === undefined) return `status ${status}`;
  if (body === undefined) {
    const hasContent = [...answers.keys()].some((key) => key.startsWith(`${documented} `));
    return hasContent ? `status ${status} without a body` : undefined;
  }
  const type = contentType === undefined ? json : bareType(contentType);
  const found = answers.get(`${documented} ${type}`);
  if (found === undefined) return `status ${status} with media type ${type}`;
  // A stream is too large to be held in memory: whoever makes it answers for what is in it.
  if (found === null || body instanceof Readable) return undefined;
  const validate = found();
  if (validate(body)) return undefined;
  const [error] = validate.errors ?? [];
  return `status ${status}: ${error?.instancePath.replaceAll(/\d+/g, 'N') ?? ''} ${error?.message ?? ''}`;
}
