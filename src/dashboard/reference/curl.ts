import { arrayOf, type Content, type Operation, objectOf, resolved, text } from './contract.ts';

/** Values in an example, at most so deep. */
const deepest = 5;

/** How to call the operation from a terminal; `TOKEN` and what stands in capitals is to be filled in. */
export function curlOf(root: unknown, origin: string, operation: Operation): string {
  const parts = ['curl'];
  if (operation.method !== 'GET') parts.push(`-X ${operation.method}`);
  if (operation.right !== 'none') parts.push(`-H 'authorization: Bearer TOKEN'`);
  const [body] = operation.bodies;
  if (body !== undefined) parts.push(...bodyParts(root, body));
  const answer = operation.answers.find(({ status }) => status.startsWith('2'))?.contents[0]?.type;
  if (answer === 'image/jpeg') parts.push('-o frame.jpg');
  else if (answer === 'application/dicom') parts.push('-o instance.dcm');
  else if (answer === 'text/event-stream') parts.push('-N');
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => placeholder(name));
  const query = operation.parameters
    .filter(({ where, required }) => where === 'query' && required)
    .map(({ name }) => `${name}=${placeholder(name)}`)
    .join('&');
  parts.push(`'${origin}${path}${query === '' ? '' : `?${query}`}'`);
  return parts.join(' \\\n  ');
}

function bodyParts(root: unknown, { type, schema }: Content): string[] {
  if (type === 'application/json') {
    const example = JSON.stringify(exampleOf(root, schema, 0));
    return [`-H 'content-type: application/json'`, `-d '${example.replaceAll("'", "'\\''")}'`];
  }
  if (type === 'multipart/form-data') return [`-F 'file=@image.dcm'`];
  if (type === 'multipart/related')
    return [
      `-H 'content-type: multipart/related; type="application/dicom"; boundary=PART'`,
      '--data-binary @parts.bin',
    ];
  return [`-H 'content-type: ${type}'`, '--data-binary @image.dcm'];
}

/** A body with the properties that have to be there; where none has to, with the first one. */
export function exampleOf(root: unknown, given: unknown, depth: number): unknown {
  const schema = objectOf(resolved(root, given));
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  const [first] = arrayOf(schema.enum);
  if (first !== undefined) return first;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.includes('object') || schema.properties !== undefined) {
    const properties = objectOf(schema.properties);
    const needed = arrayOf(schema.required).map(text);
    const names = needed.length > 0 ? needed : Object.keys(properties).slice(0, 1);
    if (depth >= deepest) return {};
    return Object.fromEntries(names.map((name) => [name, exampleOf(root, properties[name], depth + 1)]));
  }
  if (types.includes('array')) return depth >= deepest ? [] : [exampleOf(root, schema.items, depth + 1)];
  if (types.includes('integer') || types.includes('number')) return Number(schema.minimum ?? 0);
  if (types.includes('boolean')) return true;
  return schema.contentEncoding === 'base64' ? 'BASE64' : 'TEXT';
}

function placeholder(name: string): string {
  return name === 'frame' ? '1' : name.toUpperCase();
}
