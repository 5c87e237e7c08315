/** Pieces of which the published JSON Schemas are made. */
export type Schema = { readonly [key: string]: unknown };

export const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  description,
  ...more,
});
export const flag = (description: string): Schema => ({ type: 'boolean', description });
export const oneOf = (words: readonly string[], description: string): Schema => ({
  description,
  enum: words,
});
/** A word or a list of words. YAML reads 0008 as a number: numbers are taken as they are written. */
export const listable = (item: Schema, description: string, maxItems: number): Schema => ({
  description,
  anyOf: [item, { type: 'array', minItems: 1, maxItems, uniqueItems: true, items: item }],
});
export const object = (description: string, properties: Schema, more: Schema = {}): Schema => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
  ...more,
});
export const documented = (docs: Readonly<Record<string, string>>, description: string): Schema => ({
  description,
  anyOf: Object.entries(docs).map(([word, doc]) => ({ const: word, description: doc })),
});
export const numberToo: Schema = { type: ['string', 'number'] };
