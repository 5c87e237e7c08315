import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { ingestOperations } from '../../../src/http/operations/ingest.ts';
import { Ingest, type IngestSettings, ingestDefaults } from '../../../src/ingest/ingest.ts';
import { encodePart10, type WriterFile } from '../../../src/synthetic/dicom-writer.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { FakeIntake, sleep, until } from '../../receive/fakes.ts';
import { type GreyOptions, greyImage, uniqueUid } from '../../support/instances.ts';
import { readStoreAnswer, type StorePart, storeBody, storeType } from '../../support/store-request.ts';
import {
  type HttpAnswer,
  openGatekeeper,
  standardSettings,
  startServer,
  type TestServer,
} from '../http-fixture.ts';

const boundary = 'a:boundary(1)';

interface Scene {
  readonly server: TestServer;
  readonly intake: FakeIntake;
  readonly ingest: Ingest;
  /** Names of the events of instances, in order. */
  readonly heard: () => readonly string[];
  store(t: Test, body: Uint8Array | readonly StorePart[], study?: string): Promise<HttpAnswer>;
  receive(t: Test, body: Uint8Array): Promise<HttpAnswer>;
}

async function scene(
  t: Test,
  settings: Partial<IngestSettings> = {},
  stow = standardSettings.bodyLimits.stow,
): Promise<Scene> {
  const intake = new FakeIntake();
  const events: string[] = [];
  const ingest = new Ingest(
    {
      ...ingestDefaults,
      calledAeTitle: 'SALLYPORT',
      acceptUnknownSopClasses: false,
      maxInstanceBytes: 4 * 2 ** 20,
      ...settings,
    },
    { intake, now: () => performance.now(), emit: (name) => events.push(name) },
  );
  const server = await startServer(t, ingestOperations({ ingest, aeTitle: 'HTTP' }), {
    settings: { bodyLimits: { ...standardSettings.bodyLimits, stow } },
    gatekeeper: {
      ...openGatekeeper,
      // A token whose instances enter under a title of their own.
      authenticate: async (request) => {
        const { authorization = '' } = request;
        if (authorization !== 'Bearer ct') return openGatekeeper.authenticate(request);
        return { kind: 'token', name: 'ct scanner', scopes: ['operate'], aeTitle: 'CT1', via: 'header' };
      },
    },
  });
  const headers = { 'content-type': storeType(boundary), accept: 'application/dicom+json' };
  return {
    server,
    intake,
    ingest,
    heard: () => events,
    store: (t, body, study) =>
      server.ask(t, 'POST', `/dicom-web/studies${study === undefined ? '' : `/${study}`}`, {
        headers,
        body: body instanceof Uint8Array ? body : storeBody(boundary, body),
        token: 'operate',
      }),
    receive: (t, body) =>
      server.ask(t, 'POST', '/receive_dicom', {
        headers: { 'content-type': 'application/dicom' },
        body,
        token: 'operate',
      }),
  };
}

interface Made {
  readonly uid: string;
  readonly study: string;
  readonly file: Buffer<ArrayBuffer>;
}

function instance(options: GreyOptions = {}, file: Partial<WriterFile> = {}): Made {
  const uid = options.sopInstanceUid ?? uniqueUid();
  const study = options.studyInstanceUid ?? uniqueUid();
  const elements = greyImage({ ...options, sopInstanceUid: uid, studyInstanceUid: study });
  return { uid, study, file: Buffer.from(encodePart10({ elements, ...file })) };
}

/** Sends a body without telling its length. */
function stream(
  { url }: TestServer,
  path: string,
  type: string,
  body: () => AsyncGenerator<Uint8Array>,
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer operate', 'content-type': type },
    body: body() as unknown as ReadableStream,
    duplex: 'half',
  } as RequestInit);
}

const codeOf = ({ body }: HttpAnswer): unknown => (body as { code?: unknown }).code;

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
