import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { element } from '../../../src/synthetic/writer-element.ts';
import { greyImage, markedImage, withElements, writeInstance } from '../../support/instances.ts';
import { pydicom } from '../../support/pydicom.ts';
import { run, waitFor } from '../../support/run.ts';
import { openFileApi, settled } from './file-api.ts';

/** An image of a kind in whose pixels nobody looks for text. */
const ct = (options: Parameters<typeof greyImage>[0]): ReturnType<typeof greyImage> =>
  withElements(
    greyImage(options),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(0x00080060, 'CS', 'CT'),
  );

const apiFolder = (folder: string): string[] => readdirSync(folder).filter((name) => name !== 'incoming');

t.test(
  'upload, status, metadata and download, as a client without the right to see identifiers',
  async (t) => {
    const api = await openFileApi(t);
    const { elements, markers } = markedImage('zq');
    const file = writeInstance(api.path('doe jane.dcm'), elements);
    const answers: string[] = [];
    const upload = await api.curl(
      t,
      'operate',
      '/api/dicom/upload',
      '--form',
      `file=@${file}`,
      '--form',
      'study_type=CT chest',
    );
    answers.push(upload.text);
    t.equal(upload.status, 200);
    t.match(upload.body, {
      status: 'processing',
      study_type: 'CT chest',
      metadata: { Modality: String, Rows: 8 },
    });
    const id = String(upload.body.file_id);
    const done = await settled(t, api, id);
    answers.push(done.text);
    t.match(done.body, { status: 'completed', file_id: id, study_type: 'CT chest' });
    const metadata = await api.curl(t, 'read', `/api/dicom/metadata/${id}`);
    answers.push(metadata.text);
    t.match(metadata.body, { PatientIdentityRemoved: 'YES', Rows: 8 });
    t.equal(metadata.body.PatientName, (upload.body.metadata as Record<string, unknown>).PatientName);
    const result = api.path('result.dcm');
    const { output } = await run('curl', [
      ...['--silent', '--dump-header', '-', '--output', result],
      ...['--header', 'Authorization: Bearer read', `${api.url}/api/dicom/download/${id}`],
    ]);
    answers.push(output);
    t.match(output, /^HTTP\/1.1 200/);
    t.match(output, /content-type: application\/dicom\r/);
    t.match(output, new RegExp(`content-disposition: attachment; filename="${id}.dcm"\r`));
    const bytes = readFileSync(result);
    t.match(output, new RegExp(`content-length: ${bytes.length}\r`));
    answers.push(bytes.toString('latin1'));
    t.same(
      await pydicom(
        'd = dcmread(sys.argv[1]); print(json.dumps([d.PatientIdentityRemoved, d.Rows, len(d.PixelData)]))',
        result,
      ),
      ['YES', 8, 64],
    );
    const onDisk = apiFolder(api.shelfFolder).map(
      (name) => name + readFileSync(api.path(`files/${name}`), 'latin1'),
    );
    const told = [...answers, ...onDisk, JSON.stringify([api.audited, api.heard, api.events])]
      .join('\n')
      .toUpperCase();
    t.same(
      [...markers, 'DOE'].filter((marker) => told.includes(marker)),
      [],
      'no identifier in any answer, file, record or event',
    );
    await waitFor('the upload is erased', () => api.audited.some(({ action }) => action === 'file.erased'));
    t.same(
      // It goes right after its result is told of, before the download or after it.
      api.audited
        .toSorted(
          (one, other) => Number(one.action === 'file.erased') - Number(other.action === 'file.erased'),
        )
        .map(({ action, object }) => [action, object.id === id]),
      [
        ['file.uploaded', true],
        ['file.anonymized', true],
        ['file.downloaded', true],
        ['file.erased', true],
      ],
    );
    t.match(api.audited[0], { actor: { kind: 'token', name: 'operate', address: '127.0.0.1' } });
    const again = await api.curl(t, 'operate', `/api/dicom/anonymize/${id}`, '--request', 'POST');
    t.match(
      again.body,
      { original_file_id: id, anonymized_file_id: id, status: 'processing' },
      'one id for both',
    );
  },
);

t.test('a file uploaded as it is: identified for who may see that, and for nobody else', async (t) => {
  const api = await openFileApi(t);
  const { elements, markers } = markedImage('zq');
  const file = writeInstance(api.path('in.dcm'), elements);
  const upload = await api.curl(
    t,
    'operate',
    '/api/dicom/upload',
    '--form',
    'anonymize=false',
    '--form',
    `file=@${file}`,
  );
  t.match(upload.body, { status: 'completed', metadata: { PatientIdentityRemoved: 'YES' } });
  const id = String(upload.body.file_id);
  const safe = await api.curl(t, 'read', `/api/dicom/metadata/${id}`);
  const refused = await api.curl(t, 'read+operate+admin', `/api/dicom/download/${id}`);
  t.equal(refused.status, 403);
  t.match(api.audited.at(-1), { action: 'access.refused', object: { id }, code: 'NOT_PERMITTED' });
  const begun = await api.curl(t, 'operate', `/api/dicom/anonymize/${id}`, '--request', 'POST');
  t.match(begun.body, { original_file_id: id, status: 'processing' });
  const result = String(begun.body.anonymized_file_id);
  t.not(result, id);
  const waiting = await api.curl(t, 'read', `/api/dicom/metadata/${result}`);
  t.equal((await settled(t, api, id)).body.status, 'completed', 'the upload tells of its de-identification');
  const download = await api.curl(t, 'read', `/api/dicom/download/${result}`);
  t.equal(download.status, 200);
  const still = await api.curl(t, 'read', `/api/dicom/download/${id}`);
  t.equal(still.status, 403, 'also once there is a de-identified one');
  const told = [upload, safe, refused, begun, waiting, download, still]
    .map(({ text }) => text)
    .join('')
    .toUpperCase();
  t.same(
    markers.filter((marker) => told.includes(marker)),
    [],
  );

  const seen = await api.curl(t, 'read+identify', `/api/dicom/metadata/${id}`);
  t.match(seen.body, { PatientName: 'ZQNAMEF^ZQNAMEG' });
  t.match(api.audited.at(-1), { action: 'file.viewed', object: { id } });
  const original = await fetch(`${api.url}/api/dicom/download/${id}`, {
    headers: { authorization: 'Bearer read+identify' },
  });
  t.same(Buffer.from(await original.arrayBuffer()), readFileSync(file));
  t.match(api.audited.at(-1), {
    action: 'file.downloaded',
    object: { id },
    actor: { name: 'read+identify' },
  });
  const shown = await api.curl(
    t,
    'operate+identify',
    '/api/dicom/upload',
    '--form',
    'anonymize=false',
    '--form',
    `file=@${file}`,
  );
  t.match(shown.body, { metadata: { PatientName: 'ZQNAMEF^ZQNAMEG' } });
  t.match(api.audited.at(-1), { action: 'file.viewed', object: { id: String(shown.body.file_id) } });
});

t.test('what cannot be taken is refused with words, and nothing of it stays', async (t) => {
  const api = await openFileApi(t, { settings: {}, shelf: { maxBytes: 12 * 2 ** 20 } });
  const file = writeInstance(api.path('in.dcm'), greyImage());
  const text = api.put('doe.txt', 'doe^jane is no DICOM file. '.repeat(100));
  const cut = api.put('cut.dcm', readFileSync(file).subarray(0, 300));
  const empty = api.put('empty', '');
  const large = api.put('large', Buffer.alloc(9 * 2 ** 20));
  const form = (...fields: string[]): string[] => fields.flatMap((field) => ['--form', field]);
  for (const [what, args, status, words] of [
    ['no DICOM', form(`file=@${text}`), 400, /cannot be understood.*\[NOT_DICOM\]$/],
    ['half of one', form(`file=@${cut}`), 400, /\[NOT_DICOM\]$/],
    ['nothing in it', form(`file=@${empty}`), 400, /\[NOT_DICOM\]$/],
    ['too large', form(`file=@${large}`), 413, /\[BODY_TOO_LARGE\]$/],
    ['no file', form('study_type=CT'), 400, /file: missing/],
    ['two files', form(`file=@${file}`, `file=@${file}`), 400, /one at a time/],
    ['another field', form(`dicom=@${file}`), 400, /into the field `file`/],
    ['text as file', form('file=abc'), 400, /\[NOT_DICOM\]$/],
    ['a wrong flag', form(`file=@${file}`, 'anonymize=perhaps'), 400, /true or false/],
    ['a wrong word', form(`file=@${file}`, 'study_type=x<y'), 400, /study_type/],
    [
      'no form',
      ['--header', 'content-type: application/dicom', '--data-binary', `@${file}`],
      415,
      /MEDIA_TYPE/,
    ],
    [
      'a torn form',
      ['--header', 'content-type: multipart/form-data; boundary=x', '--data-binary', '--x\r\nrubbish'],
      400,
      /./,
    ],
    [
      'a form without a boundary',
      ['--header', 'content-type: multipart/form-data', '--data-binary', 'x'],
      400,
      /./,
    ],
    ['no body', ['--request', 'POST'], 400, /body is missing/],
  ] as const) {
    const answer = await api.curl(t, 'operate', '/api/dicom/upload', ...args);
    t.equal(answer.status, status, `${what}: ${answer.text}`);
    t.match(answer.body.detail, words, what);
    t.notMatch(answer.text, /doe\^|jane|perhaps|x\/y/, 'nothing of the request is repeated');
  }
  t.same(api.incoming(), []);
  t.same(apiFolder(api.shelfFolder), []);
  for (const [id, status] of [
    ['unknown', 404],
    ['..%2f..%2fetc%2fpasswd', 404],
    ['%2e%2e', 404],
    ['a%00b', 404],
    ['a'.repeat(65), 400],
  ] as const)
    for (const page of ['status', 'metadata', 'download']) {
      const answer = await api.curl(t, 'read+identify', `/api/dicom/${page}/${id}`, '--path-as-is');
      t.equal(answer.status, status, `${page} ${id}`);
    }
  t.equal((await api.curl(t, 'read', '/api/dicom/upload', ...form(`file=@${file}`))).status, 403);
});

t.test('a held file fails with its code, and is handed out in no form', async (t) => {
  const api = await openFileApi(t);
  // An SOP Class that no rule covers.
  const file = writeInstance(
    api.path('in.dcm'),
    withElements(greyImage(), element(0x00080016, 'UI', '1.2.3.4.5')),
  );
  const upload = await api.curl(t, 'operate', '/api/dicom/upload', '--form', `file=@${file}`);
  t.equal(upload.status, 200, upload.text);
  const id = String(upload.body.file_id);
  const failed = await settled(t, api, id);
  t.match(failed.body, { status: 'failed', code: 'PRIVATE_SOP_CLASS', detail: /not defined for a private/ });
  for (const page of ['metadata', 'download']) {
    const answer = await api.curl(t, 'read+identify', `/api/dicom/${page}/${id}`);
    t.equal(answer.status, 400);
    t.match(answer.body.detail, /PRIVATE_SOP_CLASS/);
  }
  t.equal((await api.curl(t, 'operate', `/api/dicom/anonymize/${id}`, '--request', 'POST')).status, 400);
  t.same(apiFolder(api.shelfFolder), [`${id}.json`]);
});

t.test('a file over its time is gone for everybody', async (t) => {
  const api = await openFileApi(t);
  const file = writeInstance(api.path('in.dcm'), greyImage());
  const upload = await api.curl(t, 'operate', '/api/dicom/upload', '--form', `file=@${file}`);
  const id = String(upload.body.file_id);
  await settled(t, api, id);
  api.clock.ahead = 3_600_000;
  for (const page of ['status', 'metadata', 'download'])
    t.equal((await api.curl(t, 'read+identify', `/api/dicom/${page}/${id}`)).status, 404);
  await api.shelf.sweep();
  t.same(apiFolder(api.shelfFolder), []);
  t.match(api.audited.at(-1), { action: 'file.expired', object: { id }, actor: { kind: 'gateway' } });
});

t.test('five large files at once, and senders that go away or stop, do not disturb each other', async (t) => {
  const api = await openFileApi(t);
  const file = writeInstance(api.path('in.dcm'), ct({ rows: 900, columns: 900 }));
  const rate = (speed: string): string[] => ['--limit-rate', speed, '--max-time', '1'];
  const gone = [0, 1].map(() =>
    run('curl', [
      ...[
        '--silent',
        '--form',
        `file=@${file}`,
        '--header',
        'Authorization: Bearer operate',
        ...rate('200k'),
      ],
      `${api.url}/api/dicom/upload`,
    ]),
  );
  const uploads = await Promise.all(
    Array.from({ length: 5 }, () => api.curl(t, 'operate', '/api/dicom/upload', '--form', `file=@${file}`)),
  );
  t.same(
    (await Promise.all(gone)).map(({ exitCode }) => exitCode),
    [28, 28],
    'curl gave up',
  );
  for (const { status, body } of uploads) {
    t.equal(status, 200);
    t.equal((await settled(t, api, String(body.file_id))).body.status, 'completed');
  }
  // An upload goes right after its result is told of.
  for (
    let left = 500;
    left > 0 && (api.incoming().length > 0 || apiFolder(api.shelfFolder).length > 10);
    left -= 1
  )
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.same(api.incoming(), [], 'nothing half received stays');
  t.equal(apiFolder(api.shelfFolder).length, 10, 'five results, a record beside each');
});
