import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ingestDefaults } from '../../src/ingest/ingest.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { waitFor } from '../support/run.ts';
import {
  type AskBody,
  answerOf,
  documentedAnswers,
  fileForm,
  loseBytes,
  makeFile,
  type RealGateway,
  specs,
  startReal,
  storeRequest,
} from './real-gateway.ts';

/** Documented, and not to be had of a gateway that is in order; each is brought about elsewhere or is a promise alone. */
const notHere: Readonly<Record<string, string>> = {
  'uploadFile 500': 'the fixed answer to a fault of our own; no request may bring one about',
  'previewFrame 409':
    'wants an instance with two reasons to be held, of which the first is known; a preview accepts that one',
};

const directory = t.testdir();
const root = join(directory, 'root');
const unknown = 'abcdefghijklmnop12345678';
const part10 = { 'content-type': 'application/dicom' };
const maxInstanceBytes = 256 * 1024;
const seen = new Set<string>();
const files = { clear: makeFile('clear'), risky: makeFile('risky'), pixelless: makeFile('pixelless') };

mkdirSync(join(root, 'in'), { recursive: true });
for (let index = 0; index < 400; index += 1)
  writeFileSync(join(root, 'in', `${index}.dcm`), makeFile('clear').bytes);

t.setTimeout(180_000);
const real = await startReal(t, {
  directory,
  args: [
    `--deidentify.profile=${holdProfile}`,
    '--storage.keepDelivered=1h',
    `--dimse.maxInstanceBytes=${maxInstanceBytes}B`,
    '--http.maxUploadBytes=64KiB',
    `--http.folderRoots=${root}`,
  ],
});

type Body = Record<string, unknown>;
const bodyOf = (answer: { readonly body: unknown }): Body => answer.body as Body;

/** Asks for each of these, one after the other, and wants the status named. */
async function expectAll(
  t: Test,
  of: RealGateway,
  rows: readonly (readonly [number, string, AskBody?])[],
): Promise<void> {
  for (const [status, line, options] of rows) {
    const [method = '', path = ''] = line.split(' ');
    const answer = await of.ask(t, method, path, options);
    t.equal(answer.status, status, `${line}: ${answer.text.slice(0, 200)}`);
  }
}

async function receive(t: Test, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const answer = await real.ask(t, 'POST', '/receive_dicom', { body: bytes, headers: part10 });
  t.equal(answer.status, 200, answer.text);
  return String(bodyOf(answer).instanceId);
}

t.test('health, status and explanations', async (t) => {
  await expectAll(t, real, [
    [200, 'GET /healthz', { as: null }],
    [200, 'GET /health-check', { as: null }],
    [200, 'GET /readyz', { as: null }],
    [200, 'GET /metrics', { as: 'read' }],
    [200, 'GET /openapi.json', { as: 'read' }],
    [200, 'POST /api/test/send', { body: {} }],
    [400, 'POST /api/test/send', { body: { calledAeTitle: '' } }],
    [200, 'POST /api/test/echo', { body: { host: '127.0.0.1', port: 1, calledAeTitle: 'NOBODY' } }],
    [400, 'POST /api/test/echo', { body: { host: '127.0.0.1', port: 0, calledAeTitle: 'NOBODY' } }],
    [200, 'GET /api/status'],
    [200, 'GET /api/status/history'],
    [200, 'GET /api/associations'],
    [200, 'GET /api/echoes'],
    [200, 'GET /api/setup'],
    [200, 'GET /api/profiles'],
    [200, 'GET /api/configuration'],
    [404, 'GET /api/profiles/nobody'],
  ]);
  const { profiles } = bodyOf(await real.ask(t, 'GET', '/api/profiles')) as { profiles: { name: string }[] };
  const name = encodeURIComponent(profiles[0]?.name ?? '');
  await expectAll(t, real, [
    [200, `GET /api/profiles/${name}?modality=US&search=patient`],
    [400, `GET /api/profiles/${name}?modality=us`],
  ]);
  const { associations } = bodyOf(await real.ask(t, 'GET', '/api/associations'));
  t.match(associations, [{ echoes: 1 }], 'there was something to describe');
});

t.test('sessions and tokens', async (t) => {
  const token = real.tokens.everything;
  await expectAll(t, real, [
    [401, 'GET /api/session', { as: null }],
    [401, 'DELETE /api/session', { as: null }],
    [400, 'POST /api/session', { as: null, body: {} }],
    [401, 'POST /api/session', { as: null, body: { token: 'sp_no' } }],
    [200, 'GET /api/session', { as: 'read' }],
  ]);
  const opened = await real.ask(t, 'POST', '/api/session', { as: null, body: { token } });
  t.equal(opened.status, 200);
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const headers = { cookie, origin: real.url, 'x-csrf-token': String(bodyOf(opened).csrfToken) };
  await expectAll(t, real, [
    [200, 'GET /api/session', { as: null, headers: { cookie, origin: real.url } }],
    [204, 'DELETE /api/session', { as: null, headers }],
    [200, 'GET /api/tokens'],
    [400, 'POST /api/tokens', { body: { name: 'x', scopes: [] } }],
    [403, 'POST /api/tokens', { as: 'admin', body: { name: 'x', scopes: ['identify'] } }],
    [404, `DELETE /api/tokens/${unknown}`],
  ]);
  const made = await real.ask(t, 'POST', '/api/tokens', {
    body: { name: 'x', scopes: ['read'], aeTitle: 'X', expiresInDays: 1 },
  });
  t.equal(made.status, 201);
  await expectAll(t, real, [[204, `DELETE /api/tokens/${bodyOf(made).id}`]]);
});

t.test('ingest', async (t) => {
  const large = Buffer.alloc(maxInstanceBytes + 1024);
  const dicomJson = { accept: 'application/dicom+json' };
  const text = { 'content-type': 'text/plain' };
  const otherClass = makeFile('pixelless', { sopClassUid: '1.2.840.10008.5.1.4.1.1.9999' }).bytes;
  await expectAll(t, real, [
    [400, 'POST /receive_dicom', { body: Buffer.from('no DICOM'), headers: part10 }],
    [413, 'POST /receive_dicom', { body: large, headers: part10 }],
    [415, 'POST /receive_dicom', { body: files.clear.bytes, headers: text }],
    [422, 'POST /receive_dicom', { body: otherClass, headers: part10 }],
  ]);
  for (const study of [undefined, '1.2.3']) {
    const path = study === undefined ? '/dicom-web/studies' : `/dicom-web/studies/${study}`;
    const of = (): Buffer<ArrayBuffer> =>
      makeFile('clear', study === undefined ? {} : { studyInstanceUid: study }).bytes;
    const bad = Buffer.from('no DICOM');
    const related = 'multipart/related; type="application/dicom"; boundary=b';
    await expectAll(t, real, [
      [200, `POST ${path}`, storeRequest([of()])],
      [202, `POST ${path}`, storeRequest([of(), bad])],
      [409, `POST ${path}`, storeRequest([bad])],
      [400, `POST ${path}`, { body: Buffer.from('no parts'), headers: { 'content-type': related } }],
      [
        406,
        `POST ${path}`,
        { ...storeRequest([of()]), headers: { 'content-type': related, accept: 'text/html' } },
      ],
      [415, `POST ${path}`, { body: of(), headers: { ...text, ...dicomJson } }],
      [413, `POST ${path}`, storeRequest([Buffer.alloc(16 * maxInstanceBytes + 1024)])],
    ]);
  }
});

t.test('instances and studies', async (t) => {
  const clear = await receive(t, files.clear.bytes);
  const held = await receive(t, files.risky.bytes);
  const lost = await receive(t, makeFile('risky').bytes);
  const lostToo = await receive(t, makeFile('risky').bytes);
  const pixelless = await receive(t, files.pixelless.bytes);
  t.match(await real.ask(t, 'POST', '/receive_dicom', { body: files.clear.bytes, headers: part10 }), {
    body: { status: 'duplicate', instanceId: clear },
  });
  await real.gateway.settled();
  const at = `/api/instances/${held}`;
  const boxes = [{ frame: null, left: 0, top: 0, width: 8, height: 2 }];
  const outside = [{ frame: null, left: 0, top: 0, width: 800, height: 2 }];
  await expectAll(t, real, [
    [200, 'GET /api/instances?state=held,delivered&order=newest&limit=500'],
    [400, 'GET /api/instances?state=lost'],
    [200, `GET /api/instances/${clear}`],
    [404, `GET /api/instances/${unknown}`],
    [200, `GET /api/instances/${clear}/report`],
    [200, `GET ${at}/report`],
    [404, `GET /api/instances/${unknown}/report`],
    [200, `GET /api/instances/${clear}/frames`],
    [404, `GET /api/instances/${unknown}/frames`],
    [422, `GET /api/instances/${pixelless}/frames`],
    [200, `GET /api/instances/${clear}/frames/1?maxSide=16`],
    [404, `GET /api/instances/${unknown}/frames/1`],
    [409, `GET ${at}/frames/1`],
    [422, `GET /api/instances/${pixelless}/frames/1`],
    [200, `POST ${at}/frames/1/preview`, { as: 'identify', body: { boxes } }],
    [400, `POST ${at}/frames/1/preview`, { body: { boxes: outside } }],
    [404, `POST /api/instances/${unknown}/frames/1/preview`, { body: { boxes } }],
    [422, `POST /api/instances/${pixelless}/frames/1/preview`, { body: { boxes: [] } }],
    [200, `GET ${at}/original`, { as: 'identify' }],
    [404, `GET /api/instances/${unknown}/original`],
    [200, `GET ${at}/original/frames/1`, { as: 'identify' }],
    [404, `GET /api/instances/${unknown}/original/frames/1`],
    [422, `GET /api/instances/${pixelless}/original/frames/1`],
    [400, `POST ${at}/release`, { body: { boxes: outside } }],
    [404, `POST /api/instances/${unknown}/release`],
    [404, `POST /api/instances/${unknown}/retry`],
    [404, `POST /api/instances/${unknown}/discard`],
    [409, `POST /api/instances/${clear}/release`],
    [409, `POST /api/instances/${clear}/retry`],
    [409, `POST /api/instances/${clear}/discard`],
    [200, `POST ${at}/release`, { as: 'operate', body: { boxes } }],
    [200, `POST /api/instances/${pixelless}/retry`],
  ]);
  await real.gateway.settled();
  t.match(bodyOf(await real.ask(t, 'GET', at)), { state: 'delivered' });
  await expectAll(t, real, [[200, `POST /api/instances/${pixelless}/discard`]]);

  for (const id of [lost, lostToo]) loseBytes(real, id);
  await expectAll(t, real, [
    [410, `GET /api/instances/${lost}/frames`],
    [410, `GET /api/instances/${lost}/frames/1`],
    [410, `POST /api/instances/${lost}/frames/1/preview`, { body: { boxes } }],
    [410, `GET /api/instances/${lost}/original`],
    [410, `GET /api/instances/${lost}/original/frames/1`],
    [410, `POST /api/instances/${lost}/release`],
    [410, `POST /api/instances/${lostToo}/retry`],
  ]);

  const leap = await real.ask(t, 'GET', '/api/instances?receivedFrom=2016-12-31T23:59:60Z&limit=1');
  t.match(bodyOf(leap), { instances: [{ id: String }] }, 'a leap second is a time');

  const { studies } = bodyOf(await real.ask(t, 'GET', '/api/studies?state=delivered')) as {
    studies: { studyPseudonym: string }[];
  };
  const study = studies[0]?.studyPseudonym ?? '';
  await expectAll(t, real, [
    [400, 'GET /api/studies?state=lost'],
    [200, 'GET /api/studies/unassigned'],
    [200, `GET /api/studies/${study}`],
    [404, 'GET /api/studies/1.2.3'],
    [200, `GET /api/studies/${study}/report`],
    [404, 'GET /api/studies/1.2.3/report'],
    [204, `POST /api/studies/${study}/repost`],
    [404, 'POST /api/studies/1.2.3/repost'],
    [200, `GET /fhir/ImagingStudy/${study}`],
    [404, 'GET /fhir/ImagingStudy/1.2.3'],
    [200, 'GET /api/audit?limit=5'],
    [400, 'GET /api/audit?limit=5000'],
    [200, 'GET /api/audit/head'],
    [200, 'GET /api/audit/export'],
    [400, 'GET /api/audit/export?from=yesterday'],
  ]);
});

t.test('files', async (t) => {
  const upload = (bytes: Uint8Array<ArrayBuffer>, anonymize: string) =>
    real.ask(t, 'POST', '/api/dicom/upload', {
      as: 'operate',
      body: fileForm(bytes, { anonymize, study_type: 'CT chest' }),
    });
  const settled = async (id: unknown): Promise<unknown> => {
    let status: unknown;
    await waitFor('the file is de-identified, or not', async () => {
      status = bodyOf(await real.ask(t, 'GET', `/api/dicom/status/${id}`)).status;
      return status !== 'processing';
    });
    return status;
  };
  const plain = bodyOf(await upload(files.clear.bytes, 'false')).file_id;
  const good = bodyOf(await upload(files.clear.bytes, 'true')).file_id;
  const bad = bodyOf(await upload(files.risky.bytes, 'true')).file_id;
  t.equal(await settled(good), 'completed');
  t.equal(await settled(bad), 'failed');
  t.equal((await upload(Buffer.from('no DICOM'), 'true')).status, 400);
  t.equal((await upload(Buffer.alloc(2 ** 20), 'true')).status, 413);
  await expectAll(t, real, [
    [200, `GET /api/dicom/metadata/${good}`],
    [400, `GET /api/dicom/metadata/${bad}`],
    [404, `GET /api/dicom/metadata/${unknown}`],
    [200, `POST /api/dicom/anonymize/${plain}`],
    [400, `POST /api/dicom/anonymize/${bad}`],
    [404, `POST /api/dicom/anonymize/${unknown}`],
    [200, `GET /api/dicom/download/${good}`],
    [400, `GET /api/dicom/download/${bad}`],
    [403, `GET /api/dicom/download/${plain}`, { as: 'read' }],
    [404, `GET /api/dicom/download/${unknown}`],
    [404, `GET /api/dicom/status/${unknown}`],
    [200, 'POST /uploadfile', { body: { file: files.clear.bytes.toString('base64') } }],
    [200, 'POST /uploadfile', { body: fileForm(files.clear.bytes) }],
    [400, 'POST /uploadfile', { body: { file: 'bm8gRElDT00=' } }],
    [422, 'POST /uploadfile', { body: fileForm(files.risky.bytes) }],
    [200, 'POST /process-dicom-image?padding=1', { body: fileForm(files.clear.bytes) }],
    [400, 'POST /process-dicom-image', { body: fileForm(Buffer.from('no DICOM')) }],
    [403, 'POST /process-dicom-image?header=keep', { as: 'operate', body: fileForm(files.clear.bytes) }],
    [422, 'POST /process-dicom-image', { body: fileForm(files.pixelless.bytes) }],
  ]);
});

t.test('jobs over folders', async (t) => {
  const begin = (name: string, folder_in = join(root, 'in')) =>
    real.ask(t, 'POST', '/process-dicom-folder', { body: { folder_in, folder_out: join(root, name) } });
  const answers = await Promise.all([0, 1, 2, 3, 4].map((number) => begin(`out${number}`)));
  const begun = answers.filter(({ status }) => status === 200).map((answer) => bodyOf(answer).job_id);
  t.equal(begun.length, 2, 'two at one time');
  t.ok(answers.some(({ status }) => status === 409));
  await expectAll(t, real, [
    [200, `POST /api/jobs/${begun[0]}/cancel`],
    [200, `POST /api/jobs/${begun[1]}/cancel`],
    [200, 'GET /api/jobs'],
    [200, `GET /api/jobs/${begun[1]}`],
    [404, `GET /api/jobs/${unknown}`],
    [404, `POST /api/jobs/${unknown}/cancel`],
  ]);
  await waitFor('the jobs end', async () => {
    const { jobs } = bodyOf(await real.ask(t, 'GET', '/api/jobs')) as { jobs: { state: string }[] };
    return jobs.every(({ state }) => state !== 'running');
  });
  await expectAll(t, real, [[409, `POST /api/jobs/${begun[1]}/cancel`]]);
  t.equal((await begin('out', '/etc')).status, 400);
});

t.test('too many at one time: readers of live status, bodies of instances', async (t) => {
  const end = new AbortController();
  t.teardown(() => end.abort());
  const { everything } = real.tokens;
  const authorization = `Bearer ${everything}`;
  const follow = () => fetch(`${real.url}/api/live`, { headers: { authorization }, signal: end.signal });
  const readers: Response[] = [];
  for (let count = 0; count < 50; count += 1) readers.push(await follow());
  t.ok(readers.every(({ status }) => status === 200));
  t.equal(readers[0]?.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  real.seen.add('followStatus 200');
  const full = await real.ask(t, 'GET', '/api/live');
  t.equal(full.status, 503);
  t.ok(Number(full.headers.get('retry-after')) > 0);

  const slow = Array.from({ length: ingestDefaults.maxRequests }, () =>
    fetch(`${real.url}/receive_dicom`, {
      method: 'POST',
      headers: { authorization, ...part10 },
      body: endless(end.signal),
      duplex: 'half',
      signal: end.signal,
    } as RequestInit).catch(() => undefined),
  );
  await waitFor('all have begun', async () => {
    const body = makeFile('clear').bytes;
    return (await real.ask(t, 'POST', '/receive_dicom', { body, headers: part10 })).status === 503;
  });
  await expectAll(t, real, [
    [503, 'POST /dicom-web/studies', storeRequest([files.clear.bytes])],
    [503, 'POST /dicom-web/studies/1.2.3', storeRequest([files.clear.bytes])],
  ]);
  end.abort();
  await Promise.all(slow);
});

/** One byte, and nothing more. */
function endless(signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1));
      signal.addEventListener('abort', () => controller.error(new Error('over')), { once: true });
    },
  });
}

t.test('a gateway without room says so', async (t) => {
  const full = await startReal(t, { directory: t.testdir(), args: ['--storage.reserve=1000000GiB'] });
  await expectAll(t, full, [
    [503, 'GET /readyz', { as: null }],
    [507, 'POST /receive_dicom', { body: files.clear.bytes, headers: part10 }],
    [507, 'POST /dicom-web/studies', storeRequest([files.clear.bytes])],
    [507, `POST /dicom-web/studies/${files.clear.study}`, storeRequest([files.clear.bytes])],
    [507, 'POST /api/dicom/upload', { body: fileForm(files.clear.bytes) }],
  ]);
  for (const one of full.seen) seen.add(one);
});

t.test('an instance whose study was never known, and whose bytes are lost, has no report', async (t) => {
  const file = makeFile('clear');
  // Cut off within the pixel data: safe, held, and nothing of it is known.
  const id = await receive(t, file.bytes.subarray(0, -40) as Buffer<ArrayBuffer>);
  await real.gateway.settled();
  t.match(bodyOf(await real.ask(t, 'GET', `/api/instances/${id}`)), { state: 'held', studyPseudonym: null });
  loseBytes(real, id);
  await expectAll(t, real, [[410, `GET /api/instances/${id}/report`]]);
});

t.test('beside the contract there is nothing', async (t) => {
  const paths = [...new Set(specs.map(({ path }) => path))].map((path) =>
    path.replaceAll(/\{(\w+)\}/g, (_all, name) => (name === 'frame' ? '1' : name === 'study' ? '1.2' : 'x')),
  );
  const known = new Map(
    paths.map((path) => [
      path,
      specs.filter((spec) => pattern(spec.path).test(path)).map(({ method }) => String(method)),
    ]),
  );
  const ask = async (method: string, path: string): Promise<number> =>
    (
      await answerOf(
        await fetch(`${real.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${real.tokens.everything}` },
        }),
      )
    ).status;
  for (const [path, methods] of known) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (methods.includes(method)) continue;
      const status = await ask(method, path);
      t.ok(status === 405 || status === 404, `${method} ${path}: ${status}`);
    }
    const [method = 'GET'] = methods;
    for (const other of [
      `${path}/`,
      `/${path}`,
      path.replace('/', '/%2f'),
      path.toUpperCase(),
      `${path}%2f`,
      `${path};x=1`,
      `${path}.json`,
      `/v1${path}`,
    ]) {
      // Of a path that ends with an id these are other ids.
      if (
        /\/(?:x|1|1\.2)$/.test(path) &&
        !/^\/(?:\/|%2f|v1)/i.test(other) &&
        !other.endsWith('/') &&
        other !== path.toUpperCase()
      )
        continue;
      if (
        /\/[^/]*(?:%2f|;x=1|\.json)$/i.test(other) &&
        specs.some((spec) => spec.method === method && pattern(spec.path).test(other))
      )
        continue;
      const status = await ask(method, other);
      // A parameter without characters is one that no operation takes.
      const isEmpty = other.endsWith('/') && specs.some((spec) => pattern(spec.path).test(`${other}1`));
      t.ok([404, 405, ...(isEmpty ? [400] : [])].includes(status), `${method} ${other}: ${status}`);
    }
  }
  for (const path of [
    '/metrics/',
    '/docs',
    '/documentation',
    '/swagger',
    '/swagger.json',
    '/openapi.yaml',
    '/api',
    '/api/',
    '/admin',
    '/debug/pprof',
    '/.env',
    '/.git/config',
    '/package.json',
    '/assets',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/fhir',
    '/fhir/metadata',
    '/dicom-web',
    '/dicom-web/studies/1.2/metadata',
    '/wado',
    '/graphql',
    '/server-status',
  ])
    t.equal(await ask('GET', path), 404, path);
});

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

t.test('every operation and every status that the contract names was seen', async (t) => {
  for (const one of real.seen) seen.add(one);
  const missing = documentedAnswers().filter((one) => !seen.has(one) && notHere[one] === undefined);
  t.same(missing, []);
  t.same(
    Object.keys(notHere).filter((one) => seen.has(one) || !documentedAnswers().includes(one)),
    [],
    'exceptions are real ones',
  );
});
