import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { until } from '../../receive/fakes.ts';
import { greyImage, uniqueUid } from '../../support/instances.ts';
import { readStoreAnswer, storeBody, storeType } from '../../support/store-request.ts';
import { boundary, codeOf, instance, scene, stream } from './ingest-scene.ts';

t.test('a Store request answers for each instance', async (t) => {
  const { store, intake, heard, server } = await scene(t);
  const [first, second, third] = [instance(), instance(), instance()];
  const all = await store(t, [first.file, second.file]);
  t.strictSame([all.status, all.type], [200, 'application/dicom+json']);
  t.strictSame(all.body, {
    '00081190': { vr: 'UR' },
    '00081199': {
      vr: 'SQ',
      Value: [first, second].map(({ uid }) => ({
        '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
        '00081155': { vr: 'UI', Value: [uid] },
        '00081190': { vr: 'UR' },
      })),
    },
  });
  const cannotRead = Buffer.from('no DICOM'.repeat(50));
  const wrongClass = instance({ sopClassUid: '1.2.840.10008.1.1' });
  const wrongSyntax = instance({}, { transferSyntaxUid: '1.2.3' });
  const large = instance({ rows: 2100, columns: 2100 });
  const some = await store(t, [
    cannotRead,
    third.file,
    wrongClass.file,
    wrongSyntax.file,
    large.file,
    { headers: 'Content-Type: image/jpeg\r\n', bytes: third.file },
    {
      headers: 'Content-Type: application/dicom\r\nContent-Transfer-Encoding: base64\r\n',
      bytes: third.file,
    },
    { headers: '', bytes: first.file },
    {
      headers: 'Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2\r\nContent-ID: <1>\r\n',
      bytes: second.file,
    },
  ]);
  t.equal(some.status, 202);
  t.strictSame(readStoreAnswer(some.body), {
    stored: [third.uid, first.uid, second.uid],
    failed: { [wrongClass.uid]: 0x0122, [wrongSyntax.uid]: 0xc122, [large.uid]: 0xa700 },
    others: [0xc000, 0xc000, 0xc000],
  });
  const none = await store(t, [cannotRead, wrongClass.file]);
  t.strictSame(
    [none.status, readStoreAnswer(none.body)],
    [409, { stored: [], failed: { [wrongClass.uid]: 0x0122 }, others: [0xc000] }],
  );
  t.equal(intake.taken.filter(({ state }) => state === 'committed').length, 5);
  t.equal(heard().filter((name) => name === 'instance.received').length, 5);
  intake.commitKind = 'held';
  t.equal((await store(t, [first.file])).status, 200, 'what a person has to look at is safe');

  const refused = async (headers: Record<string, string>, status: number): Promise<void> => {
    const body = storeBody(boundary, [first.file]);
    const answer = await server.ask(t, 'POST', '/dicom-web/studies', { headers, body });
    t.equal(answer.status, status, JSON.stringify(headers));
  };
  const type = storeType(boundary);
  await refused({ 'content-type': type, accept: 'application/dicom+xml' }, 406);
  await refused({ 'content-type': type.replace('dicom', 'dicom+json') }, 415);
  await refused({ 'content-type': `multipart/related; boundary="${boundary}"` }, 415);
  await refused({ 'content-type': 'application/dicom' }, 415);
  await refused({ 'content-type': 'multipart/related; type="application/dicom"' }, 400);
  await refused({ 'content-type': storeType('another') }, 400);
});

t.test('a request that breaks off tells what is safe, or nothing was', async (t) => {
  const { store } = await scene(t);
  const [first, second] = [instance(), instance()];
  const whole = storeBody(boundary, [first.file, second.file]);
  const cut = await store(t, whole.subarray(0, whole.length - 100));
  t.equal(cut.status, 202);
  t.strictSame(readStoreAnswer(cut.body), { stored: [first.uid], failed: {}, others: [0xc000] });
  for (const body of [whole.subarray(0, 500), Buffer.from(`--${boundary}--`), Buffer.from('hello')]) {
    const answer = await store(t, body);
    t.strictSame([answer.status, codeOf(answer)], [400, 'MULTIPART_INVALID']);
  }
  const around = Buffer.concat([Buffer.from('preamble'), whole, Buffer.from('epilogue'.repeat(10_000))]);
  t.equal((await store(t, around)).status, 200, 'preamble and epilogue do no harm');
  const many = Array.from({ length: 200 }, () => instance());
  const answer = await store(
    t,
    many.map(({ file }) => file),
  );
  t.strictSame(
    readStoreAnswer(answer.body).stored,
    many.map(({ uid }) => uid),
    '200 parts',
  );
});

t.test('a request that is too large is refused at once, or where that shows', async (t) => {
  const { store, server, intake } = await scene(t, {}, 2 ** 20);
  const large = Array.from({ length: 9 }, () => instance({ rows: 400, columns: 300 }));
  const body = storeBody(
    boundary,
    large.map(({ file }) => file),
  );
  const told = await store(t, body);
  t.strictSame([told.status, codeOf(told)], [413, 'BODY_TOO_LARGE']);
  t.equal(intake.taken.length, 0);
  const response = await stream(server, '/dicom-web/studies', storeType(boundary), async function* () {
    yield body;
  });
  t.equal(response.status, 202, 'without a length');
  t.strictSame(readStoreAnswer(await response.json()), {
    stored: large.slice(0, 8).map(({ uid }) => uid),
    failed: {},
    others: [0xa700],
  });
  t.strictSame(
    intake.taken.map(({ state }) => state),
    Array(8).fill('committed'),
  );
});

t.test('instances of another study are refused, each by itself, before anything is kept', async (t) => {
  const { store, intake } = await scene(t);
  const studyInstanceUid = uniqueUid();
  const deep = (bytes: number) =>
    greyImage({ studyInstanceUid, sopInstanceUid: uniqueUid() }).concat(
      element(0x00101002, 'SQ', {
        items: [[element(0x00100020, 'LO', 'X')], [element(0x00104000, 'LT', 'x'.repeat(10_000))]],
      }),
      ...Array.from({ length: Math.ceil(bytes / 50_000) }, (_, n) =>
        element(0x00110000 + 0x1000 + n, 'OB', new Uint8Array(50_000)),
      ),
      element(0x00110010, 'LO', 'SALLYPORT TEST'),
    );
  const own = instance({ studyInstanceUid });
  const stranger = instance();
  const syntaxes = [
    '1.2.840.10008.1.2',
    '1.2.840.10008.1.2.1',
    '1.2.840.10008.1.2.2',
    '1.2.840.10008.1.2.1.99',
  ];
  const sorts = syntaxes.map((transferSyntaxUid) => instance({ studyInstanceUid }, { transferSyntaxUid }));
  const mixed = await store(t, [own.file, stranger.file, ...sorts.map(({ file }) => file)], studyInstanceUid);
  t.equal(mixed.status, 202);
  t.strictSame(readStoreAnswer(mixed.body), {
    stored: [own, ...sorts].map(({ uid }) => uid),
    failed: { [stranger.uid]: 0xa900 },
    others: [],
  });
  t.equal(intake.taken.length, 5, 'the stranger never reached the spool');
  const behind = Buffer.from(encodePart10({ elements: deep(600_000) }));
  t.equal((await store(t, [behind], studyInstanceUid)).status, 200, 'found behind 600 kB');
  const hidden = Buffer.from(encodePart10({ elements: deep(1_200_000) }));
  t.equal(
    (await store(t, [hidden], studyInstanceUid)).status,
    409,
    'not looked for behind the first megabyte',
  );
  t.equal((await store(t, [hidden])).status, 200, 'which matters only where a study is named');
  t.equal((await store(t, [own.file], 'not a uid')).status, 400);
});

t.test('a client that goes away leaves nothing of the open instance, and what was committed', async (t) => {
  const { server, intake, heard } = await scene(t);
  const [first, second] = [instance(), instance({ rows: 1500, columns: 1500 })];
  const body = storeBody(boundary, [first.file, second.file]);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    [
      'POST /dicom-web/studies HTTP/1.1',
      'Host: 127.0.0.1',
      'Authorization: Bearer operate',
      `Content-Type: ${storeType(boundary)}`,
      `Content-Length: ${body.length}`,
      '',
      '',
    ].join('\r\n'),
  );
  socket.write(body.subarray(0, body.length - 1000));
  await until(() => intake.taken.length === 2);
  socket.destroy();
  await until(() => intake.taken[1]?.state === 'aborted');
  t.strictSame(
    intake.taken.map(({ state }) => state),
    ['committed', 'aborted'],
  );
  t.strictSame(heard(), ['instance.received']);
  const [{ file }] = [instance()];
  const after = await server.ask(t, 'POST', '/receive_dicom', {
    headers: { 'content-type': 'application/dicom' },
    body: file,
  });
  t.equal(after.status, 200, 'and the next request is served');
});
