import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import t from 'tap';
import { parse } from 'yaml';
import { contractTypes } from '../../scripts/generate-contract-types.ts';
import { outcomeOfStatus } from '../../src/deliver/outcomes.ts';
import { planPosts } from '../../src/deliver/posts.ts';
import { Contract, imageBytes } from '../../src/example-backend/contract.ts';
import { bodyOf, sampleJpeg, samplePrepared } from '../deliver/samples.ts';

const path = new URL('../../openapi/backend.yaml', import.meta.url);
const text = readFileSync(path, 'utf8');
const document = parse(text);
const schemas: Record<string, { properties?: Record<string, unknown> } & Record<string, unknown>> =
  document.components.schemas;
const operation = document.paths['/v1/images/upload'].post;
const contract = new Contract();

async function sampleUpload(): Promise<Record<string, unknown> & { images: Record<string, unknown>[] }> {
  const [post] = planPosts([samplePrepared({ id: 'a', padding: 100 })], {
    maxBodyBytes: 1e6,
    maxImagesPerPost: 9,
  });
  if (post === undefined) throw new Error('no post');
  return JSON.parse((await bodyOf(post)).toString());
}

t.test('the contract is a valid OpenAPI 3.1 document', async (t) => {
  const validator = new Validator();
  const result = await validator.validate(parse(text));
  t.same(result.errors ?? [], []);
  t.equal(result.valid, true);
  t.equal(validator.version, '3.1');
});

t.test('the committed types are the ones the contract gives', async (t) => {
  const committed = readFileSync(new URL('../../src/core/generated/backend.ts', import.meta.url), 'utf8');
  t.equal(await contractTypes('backend'), committed, 'run npm run generate');
});

t.test('every property says what it is, or refers to what does', async (t) => {
  for (const [name, schema] of Object.entries(schemas)) {
    for (const [property, value] of Object.entries(schema.properties ?? {})) {
      const { description, $ref } = value as { description?: string; $ref?: string };
      t.ok(description !== undefined || $ref !== undefined, `${name}.${property}`);
    }
  }
});

t.test('objects the gateway sends are closed', async (t) => {
  for (const name of ['ImageUpload', 'Study', 'Series', 'Image', 'Deidentification']) {
    t.equal(schemas[name]?.additionalProperties, false, name);
  }
});

t.test('the names that others rely on stand in the contract and are required', async (t) => {
  for (const [schema, names] of [
    ['ImageUpload', ['study', 'series', 'images']],
    ['Study', ['studyInstanceUid', 'accessionNumber', 'patientId']],
    ['Series', ['seriesInstanceUid', 'modality']],
    [
      'Image',
      [
        ...['imageInstanceUid', 'sopClassUid', 'height', 'width', 'rescaleSlope', 'rescaleIntercept'],
        ...['photometricInterpretation', 'bitsAllocated', 'bitsStored', 'highBit', 'frameNumber'],
        ...['numberOfFrames', 'contentType', 'data'],
      ],
    ],
  ] as const) {
    const required = schemas[schema]?.required as string[];
    for (const name of names) t.ok(required.includes(name), `${schema}.${name}`);
  }
});

t.test('the client does with every answer what the contract says', async (t) => {
  const said: Record<string, string> = {
    delivered: 'forgets|delivered',
    hold: 'holds the instances',
    paused: 'pauses the',
    retry: 'tries again',
  };
  for (const [status, { description }] of Object.entries<{ description: string }>(operation.responses)) {
    const { kind } = outcomeOfStatus(Number(status.replace('XX', '03')), undefined, 0);
    t.match(description, new RegExp(said[kind] ?? 'never'), `${status} ${kind}`);
  }
});

t.test('the example of the contract keeps to it', async (t) => {
  const examples: Record<string, { value: unknown }> =
    operation.requestBody.content['application/json'].examples;
  for (const [name, { value }] of Object.entries(examples)) {
    const data = sampleJpeg('x', 0).toString('base64');
    const upload = value as { images: object[] };
    t.same(
      contract.uploadFaults({ ...upload, images: upload.images.map((i) => ({ ...i, data })) }),
      [],
      name,
    );
    t.same(contract.uploadFaults(upload), [], `${name}, with its own data`);
  }
});

t.test('finds what breaks the contract, and says where without the value', async (t) => {
  t.same(contract.uploadFaults(await sampleUpload()), []);
  const secret = 'HOSPITAL^SECRET';
  const data = sampleJpeg('x', 0).toString('base64');
  for (const [pointer, change] of [
    ['', { extra: secret }],
    ['/images', { images: [] }],
    ['/images', { images: secret }],
    ['/study', { study: null }],
    ['/images/0', { image: { [`name ${secret}`]: 1 } }],
    ['/images/0/imageInstanceUid', { image: { imageInstanceUid: `../${secret}` } }],
    ['/images/0/imageInstanceUid', { image: { imageInstanceUid: '1..2' } }],
    ['/images/0/imageInstanceUid', { image: { imageInstanceUid: `1.${'2'.repeat(63)}` } }],
    ['/images/0/height', { image: { height: 0 } }],
    ['/images/0/frameNumber', { image: { frameNumber: 1.5 } }],
    ['/images/0/contentType', { image: { contentType: 'image/gif' } }],
    ['/images/0/data', { image: { contentType: 'image/png' } }],
    ['/images/0/data', { image: { contentType: 'image/jphc' } }],
    ['/images/0/data', { image: { contentType: 'image/jxl' } }],
    ['/images/0/sampleBits', { image: { sampleBits: 12 } }],
    ['/images/0/frameIncrements/0', { image: { frameIncrements: [{ tag: '00540080' }] } }],
    ['/images/0/pixelSpacing', { image: { pixelSpacing: [1] } }],
    ['/images/0/rescaleSlope', { image: { rescaleSlope: '1' } }],
    ['/images/0/data', { image: { data: `${data.slice(0, -4)}!!!!` } }],
    ['/images/0/data', { image: { data: data.slice(0, -1) } }],
    ['/images/0/data', { image: { data: Buffer.from('no JPEG').toString('base64') } }],
    ['/images/0/data', { image: { data: 7 } }],
  ] as const) {
    const upload = await sampleUpload();
    const images = 'image' in change ? [{ ...upload.images[0], ...change.image }] : upload.images;
    const faults = contract.uploadFaults({ ...upload, images, ...('image' in change ? {} : change) });
    t.equal(faults[0]?.pointer, pointer, JSON.stringify(Object.keys(change)));
    t.notMatch(JSON.stringify(faults), secret);
    t.same(contract.problemFaults({ status: 400, errors: faults }), [], 'and can be told as a problem');
  }
  for (const upload of [null, 7, 'text', [], {}]) t.ok(contract.uploadFaults(upload).length > 0);
});

t.test('what the data set may lack may be absent or null', async (t) => {
  for (const value of [null, undefined]) {
    const upload = await sampleUpload();
    const required = new Set(schemas.Image?.required as string[]);
    const optional = Object.keys(schemas.Image?.properties ?? {}).filter((name) => !required.has(name));
    t.ok(optional.length > 20);
    const added = Object.fromEntries(optional.map((name) => [name, value]));
    const images = [JSON.parse(JSON.stringify({ ...upload.images[0], ...added }))];
    t.same(contract.uploadFaults({ ...upload, images }), []);
  }
});

t.test('base64 is decoded only where it is whole', async (t) => {
  for (const padding of [0, 1, 2, 3]) {
    const jpeg = sampleJpeg('x', padding);
    t.ok(imageBytes(jpeg.toString('base64'), 'image/jpeg')?.equals(jpeg), `${jpeg.length} bytes`);
  }
  t.equal(imageBytes('', 'image/jpeg'), undefined);
  t.equal(imageBytes('====', 'image/jpeg'), undefined);
});
