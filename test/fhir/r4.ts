import { Ajv } from 'ajv';

/**
 * What FHIR R4 says of the elements we use (http://hl7.org/fhir/R4/imagingstudy.html, datatypes.html): names, cardinalities,
 * required bindings and the patterns of primitive types, written down as a closed JSON schema.
 */
const id = { type: 'string', pattern: '^[A-Za-z0-9\\-\\.]{1,64}$' };
const text = { type: 'string', minLength: 1, maxLength: 1024 * 1024, pattern: '\\S' };
const uri = { type: 'string', pattern: '^\\S+$' };
const oid = { type: 'string', pattern: '^urn:oid:[0-2](\\.(0|[1-9][0-9]*))+$' };
const code = { type: 'string', pattern: '^[^\\s]+(\\s[^\\s]+)*$' };
const unsignedInt = { type: 'integer', minimum: 0, maximum: 2147483647 };
const dateTime = {
  type: 'string',
  pattern:
    '^([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$',
};
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  // ele-1: an element has a value or children.
  minProperties: 1,
  required,
  properties,
});
const list = (items: object) => ({ type: 'array', minItems: 1, items });
const extension = closed({ url: uri, valueCode: code }, ['url', 'valueCode']);
const coding = closed({ extension: list(extension), system: uri, code, display: text });
const identifier = closed({ type: closed({ coding: list(coding) }), system: uri, value: text }, ['value']);
const instance = closed(
  {
    uid: id,
    sopClass: closed({ system: { const: 'urn:ietf:rfc:3986' }, code: oid }, ['system', 'code']),
    number: unsignedInt,
    title: text,
  },
  ['uid', 'sopClass'],
);
const series = closed(
  {
    uid: id,
    number: unsignedInt,
    modality: coding,
    description: text,
    numberOfInstances: unsignedInt,
    bodySite: coding,
    laterality: coding,
    started: dateTime,
    instance: list(instance),
  },
  ['uid', 'modality'],
);

const imagingStudy = closed(
  {
    resourceType: { const: 'ImagingStudy' },
    id,
    meta: closed({ security: list(coding) }),
    identifier: list(identifier),
    status: { enum: ['registered', 'available', 'cancelled', 'entered-in-error', 'unknown'] },
    modality: list(coding),
    subject: closed({ extension: list(extension), type: { const: 'Patient' }, identifier }),
    started: dateTime,
    numberOfSeries: unsignedInt,
    numberOfInstances: unsignedInt,
    description: text,
    series: list(series),
  },
  ['resourceType', 'status', 'subject'],
);

const validate = new Ajv({ allErrors: true, strict: false }).compile(imagingStudy);

/** Where a resource breaks R4; empty where it does not. */
export function r4Faults(resource: unknown): string[] {
  // As it travels: what JSON leaves out does not count.
  if (validate(JSON.parse(JSON.stringify(resource)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
