import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { FileOrder, FileOutcome, FileWork } from '../../../src/files/file-work.ts';
import type { OperationRequest } from '../../../src/http/operation.ts';
import { anonymizeBase64 } from '../../../src/http/operations/base64.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { burnedInImages, burnedInWords, textAreas } from '../../support/burned-in.ts';
import { greyImage, markedImage, withElements, writeInstance } from '../../support/instances.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { openFileApi } from './file-api.ts';

const notDicom = {
  status: '400',
  message: 'Anonymization process was not applied to this file since it is NOT in DICOM format.',
};
const json = ['--header', 'content-type: application/json', '--data-binary'];

t.test('Base64 in, Base64 out: as JSON, as a form with text, as a form with bytes', async (t) => {
  const api = await openFileApi(t);
  const { elements, markers } = markedImage('zq');
  const file = writeInstance(api.path('in.dcm'), elements);
  const base64 = readFileSync(file).toString('base64');
  const folded = base64.replaceAll(/.{76}/g, '$&\n');
  const bodies = [
    [...json, `@${api.put('file.json', JSON.stringify({ file: base64 }))}`],
    [...json, `@${api.put('data.json', JSON.stringify({ data: folded }))}`],
    ['--form', `file=@${api.put('in.b64', folded)}`],
    ['--form', `file=@${file}`],
  ];
  const results = new Set<string>();
  for (const body of bodies) {
    const answer = await api.curl(t, 'operate', '/uploadfile', ...body);
    t.equal(answer.status, 200, answer.text.slice(0, 300));
    t.match(answer.body, { status: '200', message: 'DICOM was successfully anonymized!' });
    const bytes = Buffer.from(String(answer.body.data), 'base64');
    t.equal(bytes.toString('base64'), answer.body.data);
    results.add(createHash('sha256').update(bytes).digest('hex'));
    const told = bytes.toString('latin1').toUpperCase();
    t.same(
      markers.filter((marker) => told.includes(marker)),
      [],
    );
    const path = api.put('out.dcm', bytes);
    t.same(
      await pydicom('d = dcmread(sys.argv[1]); print(json.dumps([d.PatientIdentityRemoved, d.Rows]))', path),
      ['YES', 8],
    );
  }
  t.equal(results.size, 1, 'each way to the same result');
  t.same(api.incoming(), []);
  t.match(api.audited.at(-1), { action: 'file.processed', profileRevision: String });
});

t.test(
  'what is no DICOM, no Base64, held or too large is answered in the shape of this operation',
  async (t) => {
    const api = await openFileApi(t);
    const text = Buffer.from('doe^jane, plain text, no DICOM. '.repeat(50));
    const file = readFileSync(writeInstance(api.path('in.dcm'), greyImage()));
    const held = writeInstance(
      api.path('held.dcm'),
      withElements(greyImage(), element(0x00080016, 'UI', '1.2.3.4.5')),
    );
    let bodies = 0;
    const put = (bytes: Uint8Array | string): string => api.put(`body-${++bodies}`, bytes);
    const body = (value: unknown): string[] => [...json, `@${put(JSON.stringify(value))}`];
    const form = (bytes: Uint8Array | string): string[] => ['--form', `file=@${put(bytes)}`];
    for (const [what, args] of [
      ['text in Base64', body({ file: text.toString('base64') })],
      ['text in a form', form(text)],
      ['text in Base64 in a form', form(text.toString('base64'))],
      ['letters that look like Base64', form('onlyletters'.repeat(9))],
      ['a picture', form(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))],
      ['nothing', body({ file: '' })],
      ['no Base64', body({ file: 'doe^jane' })],
      ['beyond ASCII', body({ file: 'ŁAAA' })],
      ['padding within', body({ file: 'AA==AAAA' })],
      ['half a group', body({ file: `${file.toString('base64')}A` })],
    ] as const) {
      const answer = await api.curl(t, 'operate', '/uploadfile', ...args);
      t.equal(answer.status, 400, what);
      t.strictSame(answer.body, notDicom, what);
    }
    for (const [what, args, status, words] of [
      ['neither', body({}), 400, /one of them/],
      ['both', body({ file: 'AAAA', data: 'AAAA' }), 400, /one of them/],
      ['no JSON', [...json, '{'], 400, /./],
      ['half a file', body({ file: file.subarray(0, 400).toString('base64') }), 422, /\[DATA_SET_/],
      ['held', form(readFileSync(held)), 422, /\[PRIVATE_SOP_CLASS\]/],
      ['too large', body({ file: 'A'.repeat(2 ** 20 + 4) }), 413, /\[BODY_TOO_LARGE\]/],
      ['too large a form', form(Buffer.alloc(2 ** 20 + 1)), 413, /\[BODY_TOO_LARGE\]/],
      ['another type', ['--header', 'content-type: text/plain', '--data', 'x'], 415, /./],
    ] as const) {
      const answer = await api.curl(t, 'operate', '/uploadfile', ...args);
      t.equal(answer.status, status, `${what}: ${answer.text.slice(0, 300)}`);
      t.equal(answer.body.status, String(status), what);
      t.match(answer.body.message, words, what);
      t.notMatch(answer.text, /doe\^|jane/, 'nothing of the request is repeated');
    }
    t.same(api.incoming(), []);
  },
);

t.test('a large result is read as it is sent, and its file is gone by then', async (t) => {
  const large = Buffer.alloc(5_000_001, 'streamed?');
  const writer: FileWork = {
    deidentifyFile: async ({ output }: FileOrder): Promise<FileOutcome> => {
      writeFileSync(output, large);
      return {
        outcome: 'deidentified',
        boxes: [],
        bytes: large.length,
        studyInstanceUid: '1',
        seriesInstanceUid: '2',
        sopInstanceUid: '3',
        profileRevision: 'r',
      };
    },
    redactFile: async () => {
      throw new Error('not asked for');
    },
    inspectFile: async () => ({ metadata: {}, heldCode: null }),
  };
  const api = await openFileApi(t, { work: writer });
  const ask = (): ReturnType<ReturnType<typeof anonymizeBase64>> =>
    anonymizeBase64({ shelf: api.shelf, work: writer, audit: async () => undefined })({
      query: {},
      params: {},
      body: { file: 'AAAA' },
      actor: () => ({ kind: 'token', name: 'ann', scopes: ['operate'], via: 'header' }),
      address: '127.0.0.1',
      signal: new AbortController().signal,
    } as unknown as OperationRequest);
  const { body, contentType } = await ask();
  t.equal(contentType, 'application/json');
  t.same(api.incoming(), []);
  let text = '';
  for await (const piece of body as AsyncIterable<Uint8Array>) text += piece.toString();
  const answer = JSON.parse(text);
  t.strictSame(Object.keys(answer), ['status', 'message', 'data']);
  t.ok(Buffer.from(answer.data, 'base64').equals(large));
  const sent = await fetch(`${api.url}/uploadfile`, {
    method: 'POST',
    headers: { authorization: 'Bearer operate', 'content-type': 'application/json' },
    body: JSON.stringify({ file: 'AAAA' }),
  });
  t.match(sent.headers.get('content-type'), /^application\/json/);
  t.strictSame(await sent.json(), answer, 'and so over the network');
  const unread = (await ask()).body as NodeJS.ReadableStream & { destroy(): void };
  const closed = new Promise((resolve) => unread.once('close', resolve));
  unread.destroy();
  await closed;
  t.same(api.incoming(), []);
});

t.test('text in pixels is blanked, its boxes told, and the header de-identified unless kept', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const api = await openFileApi(t);
  await burnedInImages(api.folder);
  const file = api.path('capture.dcm');
  const post = (scopes: string, query: string): ReturnType<typeof api.curl> =>
    api.curl(t, scopes, `/process-dicom-image${query}`, '--form', `file=@${file}`);
  const answer = await post('operate', '?use_metadata=false&fill=background&padding=2');
  t.equal(answer.status, 200, answer.text.slice(0, 300));
  const boxes = JSON.parse(String(answer.body.bboxes));
  t.ok(boxes.length >= textAreas.length);
  t.match(boxes[0], { x: Number, y: Number, width: Number, height: Number, frame: 1, frames: 1 });
  const result = api.put('out.dcm', Buffer.from(String(answer.body.redacted_instance), 'base64'));
  const read =
    'd = dcmread(sys.argv[1]); print(json.dumps([str(d.get("PatientName")), d.get("PatientIdentityRemoved")]))';
  const [name, removed] = (await pydicom(read, result)) as string[];
  t.notMatch(name, /quillfeather/i);
  t.equal(removed, 'YES');
  t.notMatch(readFileSync(result, 'latin1') + answer.text, new RegExp(burnedInWords.join('|'), 'i'));

  const refused = await post('read+operate+admin', '?header=keep');
  t.equal(refused.status, 403);
  t.match(refused.body, { code: 'NOT_PERMITTED', detail: 'identify' });
  t.match(api.audited.at(-1), { action: 'access.refused', object: { id: 'redactImage' } });
  const kept = await post('operate+identify', '?header=keep');
  t.equal(kept.status, 200, kept.text.slice(0, 300));
  const keptFile = api.put('kept.dcm', Buffer.from(String(kept.body.redacted_instance), 'base64'));
  t.strictSame(await pydicom(read, keptFile), await pydicom(read, file), 'the header is as it came');
  t.match(api.audited.at(-1), { action: 'file.processed', actor: { name: 'operate+identify' } });

  for (const query of [
    '?fill=red',
    '?padding=65',
    '?padding=-1',
    '?use_metadata=maybe',
    '?header=drop',
    '?foo=1',
  ])
    t.equal((await post('operate', query)).status, 400, query);
  const text = api.put('text', 'no DICOM');
  const bad = await api.curl(t, 'operate', '/process-dicom-image', '--form', `file=@${text}`);
  t.match(bad, { status: 400, type: 'application/problem+json', body: { code: 'NOT_DICOM' } });
  const odd = writeInstance(
    api.path('held.dcm'),
    withElements(greyImage(), element(0x00080016, 'UI', '1.2.3.4.5')),
  );
  const held = await api.curl(t, 'operate', '/process-dicom-image', '--form', `file=@${odd}`);
  t.match(held, {
    status: 422,
    type: 'application/problem+json',
    body: { status: 422, code: 'PRIVATE_SOP_CLASS' },
  });
  t.same(api.incoming(), []);
});

t.test('a folder is redacted by a job', async (t) => {
  const api = await openFileApi(t);
  const [input, output] = [join(api.root, 'in'), join(api.root, 'out')];
  mkdirSync(input);
  const { elements, markers } = markedImage('zq');
  writeInstance(join(input, 'doe^jane.dcm'), elements);
  writeFileSync(join(input, 'readme'), 'doe^jane');
  symlinkSync('/etc/passwd', join(input, 'link'));
  const ask = (folder_in: string, folder_out: string, scopes = 'operate'): ReturnType<typeof api.curl> =>
    api.curl(t, scopes, '/process-dicom-folder', ...json, JSON.stringify({ folder_in, folder_out }));
  const begun = await ask(input, output);
  t.match(begun.body, { status: true, job_id: String });
  const id = String(begun.body.job_id);
  let job = await api.curl(t, 'read', `/api/jobs/${id}`);
  for (let left = 300; left > 0 && job.body.state === 'running'; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    job = await api.curl(t, 'read', `/api/jobs/${id}`);
  }
  t.match(job.body, {
    state: 'completed',
    files: 3,
    done: 3,
    redacted: 1,
    failed: 2,
    code: null,
    endedAt: String,
  });
  t.same(
    (job.body.failures as { code: string; files: number }[]).map(({ code, files }) => [code, files]).sort(),
    [
      ['LINK_NOT_FOLLOWED', 1],
      ['NOT_DICOM', 1],
    ],
  );
  const outputs = readdirSync(output, { recursive: true, encoding: 'utf8' });
  t.equal(outputs.filter((name) => name.endsWith('.dcm')).length, 1);
  const told = outputs
    .map((name) => name + (name.endsWith('.dcm') ? readFileSync(join(output, name), 'latin1') : ''))
    .join('\n')
    .toUpperCase();
  t.same(
    [...markers, 'DOE'].filter((marker) => told.includes(marker)),
    [],
  );
  const list = await api.curl(t, 'read', '/api/jobs');
  t.match(list.body, { jobs: [{ id }] });
  t.equal((await api.curl(t, 'operate', `/api/jobs/${id}/cancel`, '--request', 'POST')).status, 409);
  t.equal((await api.curl(t, 'read', '/api/jobs/unknown')).status, 404);
  t.equal((await api.curl(t, 'operate', '/api/jobs/unknown/cancel', '--request', 'POST')).status, 404);
  for (const folder of ['/etc', `${input}/../../outside`, `${input}\0`, 'in', `${api.root}/%2e%2e/in`]) {
    const refused = await ask(folder, output);
    t.match(refused, { status: 400, body: { code: 'FOLDER_REFUSED' } }, folder);
    t.notMatch(refused.text, /etc|outside/);
  }
  t.equal((await ask(input, output, 'read')).status, 403);
});

t.test('without configured folders there are no jobs', async (t) => {
  const api = await openFileApi(t, { roots: [] });
  const body = JSON.stringify({ folder_in: api.root, folder_out: `${api.root}/out` });
  const refused = await api.curl(t, 'operate', '/process-dicom-folder', ...json, body);
  t.match(refused, { status: 400, body: { detail: 'http.folderRoots is empty' } });
});
