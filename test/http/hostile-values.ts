import fc from 'fast-check';
import { document } from './real-gateway.ts';

/** In every hostile text, so that an echo shows. */
export const canary = 'zqCanary7391';

/** What no schema has in mind. Every text holds the canary, so that an echo shows. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    canary,
    `${canary}\0`,
    `../../${canary}`,
    `..%2f..%2f${canary}%00`,
    `${canary}\r\nx-injected: 1`,
    `<script>${canary}</script>`,
    `' OR 1=1 --${canary}`,
    `${canary}\u202e\ufeff`,
    `\ud83d\ude00${canary}`,
    `${canary}${'9'.repeat(300)}`,
    `\${${canary}}`,
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${canary}${text}`),
);
export const hostileName = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', canary);
export const hostileNumber = fc.constantFrom(
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  Number.MAX_VALUE,
  5e-324,
);
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  hostileNumber,
  hostileName,
  fc.constantFrom(null, true, [], {}, [[]], deep(2000)),
  fc.jsonValue({ maxDepth: 2 }).map((value) => ({ [canary]: value })),
);

function deep(levels: number): unknown {
  let value: unknown = canary;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { boxes: value };
  return value;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

export function schemaAt(pointer: string): Schema {
  const found = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document) as Schema;
  return found.$ref === undefined ? found : schemaAt(found.$ref.replace(/^#/, ''));
}

/** Values that the schema takes. */
export function validValue(given: Schema): fc.Arbitrary<unknown> {
  const schema = given.$ref === undefined ? given : schemaAt(given.$ref.replace(/^#/, ''));
  const types = ([] as unknown[]).concat(schema.type ?? (schema.properties === undefined ? [] : 'object'));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (types.includes('null') && types.length > 1)
    return fc.oneof(
      fc.constant(null),
      validValue({ ...schema, type: types.find((type) => type !== 'null') as string }),
    );
  switch (types[0]) {
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 5000, 5000) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(validValue(schema.items ?? {}), { minLength: 1, maxLength: 3 });
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const made = Object.fromEntries(properties.map(([name, one]) => [name, validValue(one)]));
      return fc.record(made, { requiredKeys: [...(schema.required ?? [])] as never[] });
    }
    default:
      if (schema.format === 'date-time')
        return fc.constantFrom('2026-01-02T03:04:05Z', '2030-12-31T23:59:60Z', '0001-01-01T00:00:00+23:59');
      if (schema.pattern !== undefined)
        return fc
          .stringMatching(new RegExp(schema.pattern))
          .map((text) => text.slice(0, schema.maxLength ?? 64) || '1');
      return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) });
  }
}

/** As encodeURIComponent, and for half surrogates too. */
export function escapedOf(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
