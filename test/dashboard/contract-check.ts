import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

type Tree = Readonly<Record<string, unknown>>;

const contract = parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'openapi', 'gateway.yaml'), 'utf8'),
  { merge: true },
) as Tree;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'gateway', ...contract });

/** The path of the contract that an address belongs to, as `/api/instances/{id}`; undefined for none. */
export function templateOf(path: string): string | undefined {
  const parts = path.split('/');
  const templates = Object.keys(contract.paths as Tree)
    .map((template) => ({ template, wanted: template.split('/') }))
    .filter(
      ({ wanted }) =>
        wanted.length === parts.length &&
        wanted.every((part, index) => part.startsWith('{') || part === parts[index]),
    );
  // The one with the fewest variables: /api/studies/unassigned before /api/studies/{study}.
  return templates.sort((a, b) => a.template.split('{').length - b.template.split('{').length)[0]?.template;
}

/** What the contract objects to in an answer; empty where it agrees. Only bodies of JSON are looked into. */
export function answerFaults(method: string, template: string, status: number, body: unknown): string[] {
  const operation = at(['paths', template, method.toLowerCase()]);
  if (operation === undefined) return [`${method} ${template} is not in the contract`];
  const given = ['paths', template, method.toLowerCase(), 'responses', String(status)];
  const place = resolve(at(given) === undefined ? [...given.slice(0, -1), 'default'] : given);
  const content = at([...place, 'content']) as Tree | undefined;
  if (content === undefined) return body === undefined ? [] : [`${status} has no body`];
  const type = Object.keys(content).find((name) => /json$/.test(name));
  if (type === undefined) return [];
  return faultsOf([...place, 'content', type, 'schema'], body);
}

/** What the contract objects to in the JSON body of a request. */
export function requestFaults(method: string, template: string, body: unknown): string[] {
  const place = ['paths', template, method.toLowerCase(), 'requestBody'];
  const schema = [...place, 'content', 'application/json', 'schema'];
  if (at(schema) === undefined) return body === undefined ? [] : [`${method} ${template} takes no JSON`];
  if (body === undefined)
    return (at(place) as Tree).required === true ? [`${method} ${template} wants a body`] : [];
  return faultsOf(schema, body);
}

/** What the contract objects to in a value that claims to be of a schema, by its name. */
export function schemaFaults(name: string, value: unknown): string[] {
  return faultsOf(['components', 'schemas', name], value);
}

function faultsOf(place: readonly string[], value: unknown): string[] {
  const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`gateway#/${pointer.join('/')}`);
  if (validate === undefined) return [`no schema at ${place.join(' ')}`];
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function resolve(place: readonly string[]): readonly string[] {
  const reference = (at(place) as Tree | undefined)?.$ref;
  return typeof reference === 'string' ? reference.replace('#/', '').split('/') : place;
}

function at(place: readonly string[]): unknown {
  return place.reduce<unknown>((tree, part) => (tree as Tree | undefined)?.[part], contract);
}
