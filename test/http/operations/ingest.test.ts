import t from 'tap';
import { sleep, until } from '../../receive/fakes.ts';
import { storeBody, storeType } from '../../support/store-request.ts';
import { boundary, codeOf, instance, scene, stream } from './ingest-scene.ts';

t.test('a file is answered 200 once it is committed, with who sent it', async (t) => {
  const { receive, intake, heard, server } = await scene(t);
  const { uid, file } = instance();
  let letCommit = (): void => undefined;
  intake.commitGate = new Promise((resolve) => {
    letCommit = resolve;
  });
  let answered = false;
  const asked = receive(t, file).finally(() => {
    answered = true;
  });
  await until(() => intake.taken.length === 1);
  await sleep(50);
  t.notOk(answered, 'not before');
  letCommit();
  const { status, body } = await asked;
  t.strictSame([status, body], [200, { status: 'received', instanceId: '1' }]);
  const [taken] = intake.taken;
  const { sopInstanceUid, callingAeTitle, calledAeTitle, by } = taken?.origin ?? {};
  t.strictSame([sopInstanceUid, callingAeTitle, calledAeTitle], [uid, 'HTTP', 'SALLYPORT']);
  t.match(by, { kind: 'token', name: 'operate', address: '127.0.0.1' });
  const dataSet = Buffer.concat(taken?.chunks ?? []);
  t.ok(file.subarray(file.length - dataSet.length).equals(dataSet), 'the data set as it came');
  t.ok(dataSet.length > 300 && taken?.head.includes('DICM'), 'behind File Meta Information of our own');
  t.strictSame(heard(), ['instance.received']);

  await server.ask(t, 'POST', '/receive_dicom', {
    headers: { 'content-type': 'application/octet-stream' },
    body: instance().file,
    token: 'ct',
  });
  t.match(
    intake.taken[1]?.origin,
    { callingAeTitle: 'CT1', by: { name: 'ct scanner' } },
    "the token's title",
  );
  intake.commitKind = 'duplicate';
  t.match((await receive(t, file)).body, { status: 'duplicate' });
  intake.commitKind = 'held';
  t.match((await receive(t, file)).body, { status: 'held' });
  t.strictSame(heard().slice(2), ['instance.duplicate', 'instance.received']);
});

t.test('what an association would not take is refused with its code, and nothing of it stays', async (t) => {
  const { receive, intake, heard, server } = await scene(t);
  const other = instance();
  const swapped = Buffer.from(other.file);
  // Another UID of the same length in the data set alone.
  swapped.write('9', swapped.lastIndexOf(other.uid) + other.uid.length - 1, 'latin1');
  const cases: readonly (readonly [string, Uint8Array, number, string])[] = [
    ['text', Buffer.from('this is no DICOM file at all, but it is long enough'.repeat(20)), 400, 'NOT_DICOM'],
    ['a few bytes', Buffer.from('DICM'), 400, 'NOT_DICOM'],
    [
      'a data set without File Meta Information',
      other.file.subarray(other.file.indexOf('\x08\0\x08\0', 132, 'latin1')),
      400,
      'NOT_DICOM',
    ],
    ['cut in File Meta Information', other.file.subarray(0, 170), 400, 'NOT_DICOM'],
    [
      'File Meta Information alone',
      other.file.subarray(0, other.file.indexOf('\x08\0\x08\0', 132, 'latin1')),
      400,
      'NOT_DICOM',
    ],
    ['Verification', instance({ sopClassUid: '1.2.840.10008.1.1' }).file, 422, 'SOP_CLASS_REFUSED'],
    ['a private SOP Class', instance({ sopClassUid: '1.2.3.4' }).file, 422, 'SOP_CLASS_REFUSED'],
    ['a media directory', instance({ sopClassUid: '1.2.840.10008.1.3.10' }).file, 422, 'SOP_CLASS_REFUSED'],
    [
      'an unknown transfer syntax',
      instance({}, { transferSyntaxUid: '1.2.3.4' }).file,
      422,
      'TRANSFER_SYNTAX_REFUSED',
    ],
    ['another UID within', swapped, 422, 'DATA_SET_MISMATCH'],
    ['a large one', instance({ rows: 2100, columns: 2100 }).file, 413, 'INSTANCE_TOO_LARGE'],
  ];
  for (const [what, file, status, code] of cases) {
    const answer = await receive(t, file);
    t.strictSame([answer.status, codeOf(answer)], [status, code], what);
    t.notMatch(answer.text, other.uid, 'nothing of it is repeated');
  }
  t.ok(intake.taken.every(({ state }) => state === 'aborted'));
  t.strictSame(
    heard(),
    cases.map(() => 'instance.refused'),
  );
  const empty = await receive(t, Buffer.alloc(0));
  t.equal(empty.status, 400, 'no body');
  const headers = { 'content-type': 'image/jpeg' };
  t.equal((await server.ask(t, 'POST', '/receive_dicom', { headers, body: other.file })).status, 415);
});

t.test('unknown SOP classes come in where the configuration says so', async (t) => {
  const { receive } = await scene(t, { acceptUnknownSopClasses: true });
  t.equal((await receive(t, instance({ sopClassUid: '1.2.3.4' }).file)).status, 200);
  t.equal(
    (await receive(t, instance({ sopClassUid: '1.2.840.10008.1.1' }).file)).status,
    422,
    'not services',
  );
});

t.test('no room, busy, stopping and failing storage are told as such', async (t) => {
  const { receive, store, intake, ingest } = await scene(t, { maxRequests: 1 });
  const { file } = instance();
  intake.room = false;
  for (const answer of [await receive(t, file), await store(t, [file])])
    t.strictSame([answer.status, codeOf(answer)], [507, 'STORAGE_FULL']);
  intake.room = true;
  intake.writeFails = 'STORAGE_FULL';
  for (const answer of [await receive(t, file), await store(t, [file, file])])
    t.strictSame([answer.status, codeOf(answer)], [507, 'STORAGE_FULL'], 'found on the way');
  intake.writeFails = undefined;
  intake.commitFails = 'STORAGE_FAILED';
  t.equal((await store(t, [file])).status, 507);
  intake.commitFails = undefined;
  let letCommit = (): void => undefined;
  intake.commitGate = new Promise((resolve) => {
    letCommit = resolve;
  });
  const running = store(t, [file]);
  await until(() => intake.taken.some(({ state }) => state === 'open'));
  const busy = await receive(t, file);
  t.strictSame([busy.status, codeOf(busy)], [503, 'INGEST_BUSY']);
  const stopped = ingest.stop();
  const late = await receive(t, file);
  t.strictSame([late.status, codeOf(late)], [503, 'SHUTTING_DOWN']);
  letCommit();
  t.equal((await running).status, 200, 'what runs comes to its end');
  await stopped;
});

t.test('a sender that is too slow with one instance is let go', async (t) => {
  const { server, intake } = await scene(t, { maxInstanceMs: 100 });
  const { file } = instance({ rows: 600, columns: 600 });
  const response = await stream(server, '/receive_dicom', 'application/dicom', async function* () {
    for (let at = 0; at < file.length; at += 100_000) {
      yield file.subarray(at, at + 100_000);
      await sleep(60);
    }
  });
  t.equal(response.status, 408);
  t.ok(intake.taken.every(({ state }) => state === 'aborted'));
});

t.test('a large instance is asked for no faster than storage takes it', async (t) => {
  const { server, intake } = await scene(t, { maxInstanceBytes: 80 * 2 ** 20 }, 2 ** 27);
  intake.keepBytes = false;
  // The first write takes this long, those behind it no time.
  intake.writeDelayMs = 1_500;
  const { file } = instance();
  // Pixel Data of 64 MiB in place of that of the file.
  const pixels = 64 * 2 ** 20;
  const head = Buffer.from(file.subarray(0, file.length - 64));
  head.writeUInt32LE(pixels, head.length - 4);
  let sent = 0;
  const answer = stream(server, '/dicom-web/studies', storeType(boundary), async function* () {
    yield Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
    yield head;
    for (; sent < pixels; sent += 2 ** 16) yield Buffer.alloc(2 ** 16);
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  });
  await sleep(1_000);
  const inFlight = sent;
  t.ok(
    inFlight > 2 ** 20 && inFlight < 24 * 2 ** 20,
    `${inFlight} bytes are on their way while storage stands still`,
  );
  intake.writeDelayMs = 0;
  const response = await answer;
  t.equal(response.status, 200);
  t.ok((intake.taken[0]?.bytes ?? 0) > pixels, 'and all of it came in the end');
});

t.test('who may not operate brings nothing in', async (t) => {
  const { server, intake } = await scene(t);
  const { file } = instance();
  for (const [token, status] of [
    [null, 401],
    ['read', 403],
    ['identify', 403],
    ['nobody!', 401],
  ] as const)
    for (const [path, headers, body] of [
      ['/receive_dicom', { 'content-type': 'application/dicom' }, file],
      ['/dicom-web/studies', { 'content-type': storeType(boundary) }, storeBody(boundary, [file])],
      ['/dicom-web/studies/1.2.3', { 'content-type': storeType(boundary) }, storeBody(boundary, [file])],
    ] as const)
      t.equal(
        (await server.ask(t, 'POST', path, { token, headers, body })).status,
        status,
        `${token} ${path}`,
      );
  t.equal(intake.taken.length, 0);
});
