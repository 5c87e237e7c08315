import t, { type Test } from 'tap';
import { expectAll, part10, receive, unknownId } from './contract-group.ts';
import { fileForm, makeFile, type RealGateway, startReal } from './real-gateway.ts';

t.setTimeout(120_000);
const real: RealGateway = await startReal(t, { directory: t.testdir() });
const file = makeFile('clear').bytes;
const json = { 'content-type': 'application/json' };

/** A form as it goes over the wire, for what FormData cannot write. */
function wire(parts: readonly (readonly [head: string, body: Uint8Array | string])[], type: string) {
  const body = Buffer.concat([
    ...parts.flatMap(([head, part]) => [
      Buffer.from(`--b 1\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(part),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--b 1--\r\n'),
  ]);
  return { body, headers: { 'content-type': type } };
}

async function upload(t: Test, fields: Readonly<Record<string, string>>): Promise<unknown> {
  const answer = await real.ask(t, 'POST', '/api/dicom/upload', { body: fileForm(file, fields) });
  return answer.status === 200 ? (answer.body as { message: string }).message : answer.status;
}

t.test('booleans may be written as clients write them', async (t) => {
  for (const word of ['true', 'True', 'TRUE', '1', 'on', 'yes', ''])
    t.match(await upload(t, { anonymize: word }), /being de-identified/, word);
  t.match(await upload(t, {}), /being de-identified/, 'none');
  for (const word of ['false', 'False', '0', 'off', 'no'])
    t.match(await upload(t, { anonymize: word }), /as it is, with its identifiers/, word);
  for (const word of ['maybe', '2', 'true ', 'null', '__proto__', 'constructor'])
    t.equal(await upload(t, { anonymize: word }), 400, word);
  await expectAll(t, real, [
    [200, 'POST /process-dicom-image?use_metadata=True', { body: fileForm(file) }],
    [200, 'POST /process-dicom-image?use_metadata=0', { body: fileForm(file) }],
    [400, 'POST /process-dicom-image?use_metadata=maybe', { body: fileForm(file) }],
    [400, 'POST /process-dicom-image?use_metadata=', { body: fileForm(file) }],
    [400, 'POST /process-dicom-image?use_metadata=1&use_metadata=0', { body: fileForm(file) }],
  ]);
});

t.test('a form may carry more than is read, and words of any language', async (t) => {
  t.match(await upload(t, { patient: 'x', anonymise: 'false' }), /being de-identified/);
  t.match(await upload(t, { study_type: 'CT/MR, Schädel (nativ)' }), /being de-identified/);
  t.equal(await upload(t, { study_type: 'a\nb' }), 400);
  const refused = await real.ask(t, 'POST', '/process-dicom-image', {
    body: fileForm(file, { fill: 'background', other: 'x' }),
  });
  t.match(refused, { status: 400, body: { detail: /^into the query, as \?name=value: fill, padding/ } });
  await expectAll(t, real, [
    [200, 'POST /process-dicom-image?fill=background', { body: fileForm(file, { other: 'x' }) }],
    [200, 'POST /uploadfile', { body: fileForm(file, { other: 'x' }) }],
    [200, 'POST /uploadfile', { body: { file: file.toString('base64'), filename: 'a.dcm' } }],
  ]);
});

t.test('the file of a form needs no file name, and its boundary may be quoted', async (t) => {
  const bare = wire([['name="file"', file]], 'multipart/form-data; boundary="b 1"');
  const typed = wire(
    [
      ['name="anonymize"', 'True'],
      ['name="file"\r\nContent-Type: application/octet-stream', file],
    ],
    'Multipart/Form-Data; charset=utf-8; Boundary="b 1"',
  );
  const large = makeFile('clear', { rows: 400, columns: 400 }).bytes;
  t.ok(large.length > 128 * 1024, 'more than a text field may be');
  await expectAll(t, real, [
    [200, 'POST /api/dicom/upload', bare],
    [200, 'POST /api/dicom/upload', typed],
    [200, 'POST /api/dicom/upload', wire([['name="file"', large]], 'multipart/form-data; boundary="b 1"')],
    [200, 'POST /process-dicom-image', bare],
    [200, 'POST /uploadfile', bare],
    [
      200,
      'POST /uploadfile',
      wire([['name="file"', file.toString('base64')]], 'multipart/form-data; boundary="b 1"'),
    ],
  ]);
});

t.test('Base64 may come as a page of a browser makes it', async (t) => {
  const text = file.toString('base64');
  for (const head of ['data:application/dicom;base64,', 'data:;base64,', 'data:a/b;name=x.dcm;base64,'])
    t.equal((await real.ask(t, 'POST', '/uploadfile', { body: { file: `${head}${text}` } })).status, 200);
  const plain = { body: { file: `data:application/dicom,${text}` } };
  t.equal((await real.ask(t, 'POST', '/uploadfile', plain)).status, 400);
});

t.test('an operation without a body takes an empty one', async (t) => {
  const id = (
    (await real.ask(t, 'POST', '/api/dicom/upload', { body: fileForm(file, { anonymize: 'false' }) }))
      .body as {
      file_id: string;
    }
  ).file_id;
  const path = `POST /api/dicom/anonymize/${id}`;
  await expectAll(t, real, [
    [200, path],
    [200, path, { body: {} }],
    [200, path, { body: Buffer.alloc(0), headers: json }],
    [400, path, { body: { a: 1 } }],
    [400, path, { body: Buffer.from('[]'), headers: json }],
    [400, path, { body: Buffer.from('null'), headers: json }],
    [400, 'POST /uploadfile', { body: Buffer.alloc(0), headers: json }],
    [404, `POST /api/dicom/anonymize/${unknownId}`, { body: {} }],
  ]);
});

t.test('bytes without Content-Type are taken where bytes are', async (t) => {
  const body = makeFile('clear').bytes;
  const send = (path: string) =>
    fetch(`${real.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${real.tokens.everything}` },
      body: new Uint8Array(body),
    });
  t.equal((await send('/receive_dicom')).status, 200);
  t.equal((await send('/api/dicom/upload')).status, 415);
  t.equal((await send('/uploadfile')).status, 415);
  t.match(await real.ask(t, 'POST', '/receive_dicom', { body, headers: part10 }), {
    body: { status: 'duplicate' },
  });
  await receive(t, real);
});
