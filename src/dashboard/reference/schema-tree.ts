import { arrayOf, objectOf, resolved, text } from './contract.ts';

/** A schema as a list a person reads from the outside to the inside. */
export interface SchemaNode {
  /** Name of the property; empty for the whole, "each" for the items of a list. */
  readonly name: string;
  readonly required: boolean;
  /** "text or null", "whole number", "list", "object Instance". */
  readonly type: string;
  /** Limits and allowed values in words. */
  readonly limits: string;
  readonly description: string;
  readonly children: readonly SchemaNode[];
  /** There is more inside that is not opened again here: a circle, or too deep. */
  readonly cut: boolean;
}

/** Schemas in schemas, at most. */
export const deepest = 6;

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
  object: 'object',
  null: 'null',
};

/** Opens a schema with what it refers to, as deep as `deepest`; a schema inside itself is named and not opened again. */
export function schemaTree(root: unknown, schema: unknown): SchemaNode {
  return node(root, schema, '', false, 0, []);
}

function node(
  root: unknown,
  given: unknown,
  name: string,
  required: boolean,
  depth: number,
  above: readonly string[],
): SchemaNode {
  const reference = text(objectOf(given).$ref);
  const schema = merged(root, given, 0);
  const children = childrenOf(schema);
  const isCircle = reference !== '' && above.includes(reference);
  const cut = children.length > 0 && (isCircle || depth >= deepest);
  const inside = reference === '' ? above : [...above, reference];
  return {
    name,
    required,
    type: typeText(schema, reference),
    limits: limitsText(schema),
    description: text(schema.description),
    children: cut
      ? []
      : children.map((child) => node(root, child.schema, child.name, child.required, depth + 1, inside)),
    cut,
  };
}

/** The schema itself, with the parts of an `allOf` in one. */
function merged(root: unknown, given: unknown, depth: number): Readonly<Record<string, unknown>> {
  const schema = objectOf(resolved(root, given));
  const parts = arrayOf(schema.allOf);
  if (parts.length === 0 || depth >= deepest) return schema;
  const all = [...parts.map((part) => merged(root, part, depth + 1)), { ...schema, allOf: undefined }];
  const joined: Record<string, unknown> = Object.assign({}, ...all);
  joined.properties = Object.assign({}, ...all.map(({ properties }) => objectOf(properties)));
  joined.required = all.flatMap((part) => arrayOf(objectOf(part).required));
  return joined;
}

function childrenOf(schema: Readonly<Record<string, unknown>>): {
  readonly name: string;
  readonly required: boolean;
  readonly schema: unknown;
}[] {
  const needed = arrayOf(schema.required);
  const properties = Object.entries(objectOf(schema.properties)).map(([name, child]) => ({
    name,
    required: needed.includes(name),
    schema: child,
  }));
  const more = objectOf(schema.additionalProperties);
  return [
    ...properties,
    ...(Object.keys(more).length === 0 ? [] : [{ name: 'any other name', required: false, schema: more }]),
    ...(schema.items === undefined ? [] : [{ name: 'each', required: true, schema: schema.items }]),
  ];
}

function typeText(schema: Readonly<Record<string, unknown>>, reference: string): string {
  const given = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  const words = given.map((type) => typeWords[text(type)] ?? text(type));
  const named = reference.startsWith('#/components/schemas/') ? reference.slice(21) : '';
  const type = words.join(' or ') || (schema.properties === undefined ? '' : 'object');
  return [type, named].filter((part) => part !== '').join(' ');
}

function limitsText(schema: Readonly<Record<string, unknown>>): string {
  const range = (least: unknown, most: unknown, unit: string): string =>
    least === undefined && most === undefined
      ? ''
      : least === undefined
        ? `at most ${most}${unit}`
        : most === undefined
          ? `at least ${least}${unit}`
          : `${least} to ${most}${unit}`;
  const values = arrayOf(schema.enum).map(String);
  return [
    schema.const === undefined ? '' : `always ${JSON.stringify(schema.const)}`,
    values.length === 0 ? '' : `one of ${values.join(', ')}`,
    text(schema.format),
    text(schema.contentMediaType),
    text(schema.contentEncoding),
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' entries'),
    schema.pattern === undefined ? '' : `matches ${text(schema.pattern)}`,
    schema.default === undefined ? '' : `${JSON.stringify(schema.default)} where left out`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
