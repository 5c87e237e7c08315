import { once } from 'node:events';
import t from 'tap';
import {
  CT,
  command,
  dataSet,
  dataTf,
  EXPLICIT,
  FakeIntake,
  IMPLICIT,
  pdu,
  pdv,
  RawPeer,
  running,
  sleep,
  until,
  VERIFICATION,
} from './fakes.ts';

const ct = [{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }];
const both = [...ct, { id: 3, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] }];

t.test('what is not DICOM is answered with A-ABORT and closed', async (t) => {
  const { port, listener } = await running(t);
  const unknown = [2, 1];
  const unexpected = [2, 2];
  const invalid = [2, 6];
  const cases: readonly [string, Buffer, readonly number[]][] = [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), unknown],
    ['text', Buffer.from('hello, is this a PACS?\n'), unknown],
    ['a PDU of type 0', pdu(0, Buffer.alloc(4)), unknown],
    ['a PDU of type 8', pdu(8, Buffer.alloc(4)), unknown],
    ['P-DATA before an association', dataTf(pdv(1, 'command', true, command())), unexpected],
    ['A-RELEASE-RQ before an association', pdu(5, Buffer.alloc(4)), unexpected],
    ['A-ASSOCIATE-AC', pdu(2, Buffer.alloc(68)), unexpected],
    ['a request of 4 GiB', Buffer.from([1, 0, 255, 255, 255, 255]), invalid],
    ['P-DATA of 4 GiB', Buffer.from([4, 0, 255, 255, 255, 255]), invalid],
    ['a request too short', pdu(1, Buffer.alloc(20)), invalid],
    [
      'a request with an item beyond its end',
      pdu(1, Buffer.concat([Buffer.alloc(68), Buffer.from([16, 0, 9, 9])])),
      invalid,
    ],
    ['a release of wrong length', pdu(5, Buffer.alloc(8)), invalid],
  ];
  for (const [name, bytes, expected] of cases) {
    const peer = await RawPeer.open(port);
    peer.socket.write(bytes);
    t.same(await peer.abortion(), expected, name);
    await until(() => peer.closed);
  }
  t.equal(listener.associations, 0);
});

t.test('faults inside an association are answered with A-ABORT and leave nothing behind', async (t) => {
  const { port, intake, events, listener } = await running(t);
  const start = dataTf(pdv(1, 'command', true, command()));
  const cases: readonly [string, readonly Buffer[], readonly number[]][] = [
    ['an unknown PDU', [pdu(0x42, Buffer.alloc(4))], [2, 1]],
    ['an unknown PDU amid a data set', [start, pdu(0x42, Buffer.alloc(4))], [2, 1]],
    ['a second A-ASSOCIATE-RQ', [pdu(1, Buffer.alloc(68))], [2, 2]],
    ['A-RELEASE-RQ amid a data set', [start, pdu(5, Buffer.alloc(4))], [2, 2]],
    ['A-RELEASE-RP', [pdu(6, Buffer.alloc(4))], [2, 2]],
    ['data before a command', [dataTf(pdv(1, 'data', true, dataSet()))], [2, 5]],
    ['a command amid a data set', [start, start], [2, 5]],
    ['a fragment of another context', [start, dataTf(pdv(3, 'data', true, dataSet()))], [2, 5]],
    ['a context that was not accepted', [dataTf(pdv(5, 'command', true, command()))], [2, 6]],
    ['a PDV longer than its PDU', [pdu(4, Buffer.from([0, 0, 1, 0, 1, 3, 0, 0]))], [2, 6]],
    ['a PDV of length 1', [pdu(4, Buffer.from([0, 0, 0, 1, 1, 3]))], [2, 6]],
    [
      'bytes behind the last PDV',
      [pdu(4, Buffer.concat([pdv(1, 'command', false, command()), Buffer.alloc(3)]))],
      [2, 6],
    ],
    ['a command set that is none', [dataTf(pdv(1, 'command', true, Buffer.alloc(40, 0x41)))], [2, 6]],
    [
      'an endless command',
      [dataTf(...Array.from({ length: 20 }, () => pdv(1, 'command', false, Buffer.alloc(1000))))],
      [2, 6],
    ],
    ['a response', [dataTf(pdv(1, 'command', true, command({ field: 0x8001, dataSet: false })))], [2, 6]],
  ];
  for (const [name, pdus, expected] of cases) {
    const peer = await RawPeer.open(port);
    await peer.associate(both);
    for (const bytes of pdus) peer.socket.write(bytes);
    t.same(await peer.abortion(), expected, name);
    await until(() => peer.closed);
  }
  await until(() => events.filter((event) => event.name === 'association.closed').length === cases.length);
  t.ok(intake.taken.length >= 4);
  t.ok(intake.taken.every((taken) => taken.state === 'aborted'));
  t.equal(listener.associations, 0);
});

t.test('every split of the byte stream gives the same answers', async (t) => {
  const { port, intake } = await running(t);
  const stream = Buffer.concat([
    dataTf(
      pdv(1, 'command', false, command().subarray(0, 21)),
      pdv(1, 'command', true, command().subarray(21)),
    ),
    dataTf(pdv(1, 'data', false, dataSet().subarray(0, 33)), pdv(1, 'data', false, Buffer.alloc(0))),
    dataTf(pdv(1, 'data', true, dataSet().subarray(33))),
    dataTf(
      pdv(3, 'command', true, command({ field: 0x30, sopClass: VERIFICATION, dataSet: false, messageId: 9 })),
    ),
  ]);
  for (const size of [1, 2, 5, 7, 64, stream.length]) {
    const peer = await RawPeer.open(port);
    await peer.associate(both);
    for (let at = 0; at < stream.length; at += size) {
      peer.socket.write(stream.subarray(at, at + size));
      if (size < 64) await new Promise((resolve) => setImmediate(resolve));
    }
    t.match(await peer.response(), { status: 0, messageId: 1 }, `pieces of ${size}`);
    t.match(await peer.response(), { status: 0, messageId: 9 });
    peer.socket.write(pdu(5, Buffer.alloc(4)));
    t.equal((await peer.pdu()).type, 6);
    t.same(Buffer.concat(intake.taken.at(-1)?.chunks ?? []), dataSet());
    peer.socket.destroy();
  }
});

t.test('a C-STORE that cannot be kept has its status and the association lives on', async (t) => {
  const { port, intake } = await running(t, { maxInstanceBytes: 2_000_000 });
  const peer = await RawPeer.open(port);
  await peer.associate([...both, { id: 5, abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }]);
  const store = async (bytes: Buffer, cmd = command()): ReturnType<RawPeer['response']> => {
    peer.socket.write(dataTf(pdv(1, 'command', true, cmd)));
    for (let at = 0; at < bytes.length || at === 0; at += 100_000) {
      peer.socket.write(
        dataTf(pdv(1, 'data', at + 100_000 >= bytes.length, bytes.subarray(at, at + 100_000))),
      );
    }
    return peer.response();
  };
  t.match(await store(dataSet(200, CT, '9.9.9')), { status: 0xa900, comment: /^DATA_SET_MISMATCH/ });
  t.match(await store(dataSet(200, '1.2.840.10008.5.1.4.1.1.4')), { status: 0xa900 });
  t.match(
    await store(dataSet(1_500_000, CT, '9.9.9')),
    { status: 0xa900 },
    'also when it is longer than a buffer',
  );
  t.match(await store(Buffer.alloc(0)), { status: 0xc000, comment: /^NOT_DICOM/ }, 'no bytes');
  t.match(await store(Buffer.from('this is a letter, not an image')), { status: 0xc000 });
  t.match(await store(Buffer.alloc(900_000, 0x41)), { status: 0xc000 });
  t.match(await store(dataSet(2_000_002)), { status: 0xa700, comment: /^INSTANCE_TOO_LARGE/ });
  t.match(await store(dataSet(5_000_000)), { status: 0xa700 });
  t.match(await store(dataSet(), command({ sopInstance: undefined })), { status: 0x0117 });
  t.match(await store(dataSet(), command({ sopClass: '1.2.840.10008.5.1.4.1.1.4' })), { status: 0x0122 });
  t.match(await store(dataSet(), command({ field: 0x20 })), { status: 0x0211 }, 'C-FIND');
  t.ok(intake.taken.every((taken) => taken.state === 'aborted'));
  peer.socket.write(dataTf(pdv(1, 'command', true, command({ dataSet: false }))));
  t.match(await peer.response(), { status: 0xc000, comment: /without data set/ });
  for (const code of ['STORAGE_FULL', 'STORAGE_FAILED', 'SHUTTING_DOWN'] as const) {
    intake.writeFails = code;
    const answer = await store(dataSet(1_900_000));
    t.match(answer, { status: 0xa700, comment: new RegExp(`^${code}`) });
    t.ok(answer.comment.length <= 64);
    intake.writeFails = undefined;
    intake.commitFails = code;
    t.match(await store(dataSet()), { status: 0xa700 });
    intake.commitFails = undefined;
  }
  for (const kind of ['stored', 'duplicate', 'held'] as const) {
    intake.commitKind = kind;
    t.match(await store(dataSet(2_000_000)), { status: 0, comment: '' }, kind);
  }
  peer.socket.destroy();
});

t.test('Success is not said before the commit resolved', async (t) => {
  const intake = new FakeIntake();
  let open = (): void => undefined;
  intake.commitGate = new Promise((resolve) => {
    open = resolve;
  });
  const { port } = await running(t, {}, intake);
  const peer = await RawPeer.open(port);
  await peer.associate(ct);
  let answered = false;
  const cmd = command();
  peer.socket.write(
    Buffer.concat([dataTf(pdv(1, 'command', true, cmd)), dataTf(pdv(1, 'data', true, dataSet()))]),
  );
  // A peer that does not wait for its answer gets the second one after the first.
  peer.socket.write(dataTf(pdv(1, 'command', true, command({ field: 0x30, dataSet: false, messageId: 2 }))));
  const first = peer.response().then((response) => {
    answered = true;
    return response;
  });
  await sleep(100);
  t.notOk(answered);
  open();
  t.match(await first, { status: 0, messageId: 1 });
  t.match(await peer.response(), { status: 0, messageId: 2 });
  peer.socket.destroy();
});

t.test('a sender that goes away in the middle of an object leaves nothing', async (t) => {
  const { port, intake, listener } = await running(t, { idleTimeoutMs: 200 });
  const begin = async (): Promise<RawPeer> => {
    const index = intake.taken.length;
    const peer = await RawPeer.open(port);
    await peer.associate(ct);
    peer.socket.write(dataTf(pdv(1, 'command', true, command())));
    for (let sent = 0; sent < 12; sent++) {
      peer.socket.write(dataTf(pdv(1, 'data', false, dataSet(100_000))));
    }
    await until(() => (intake.taken[index]?.bytes ?? 0) > 0);
    return peer;
  };
  (await begin()).socket.destroy();
  await until(() => intake.taken[0]?.state === 'aborted' && listener.associations === 0);
  const aborting = await begin();
  aborting.socket.write(pdu(7, Buffer.from([0, 0, 0, 0])));
  await until(() => intake.taken[1]?.state === 'aborted' && aborting.closed);
  const silent = await begin();
  t.same(await silent.abortion(), [0, 0], 'and one that falls silent is aborted');
  await until(() => intake.taken[2]?.state === 'aborted' && silent.closed);
  t.equal(intake.taken.length, 3);
});

t.test('half-open connections are closed after the request timeout', async (t) => {
  const { port } = await running(t, { associationRequestTimeoutMs: 150 });
  const nothing = await RawPeer.open(port);
  const partial = await RawPeer.open(port);
  partial.socket.write(Buffer.from([1, 0, 0, 0, 2, 0, 0, 1]));
  const began = Date.now();
  await until(() => nothing.closed && partial.closed);
  t.ok(Date.now() - began >= 100);
});

t.test('a slow disk holds the sender back and memory stays bounded', async (t) => {
  const intake = new FakeIntake();
  intake.keepBytes = false;
  intake.writeDelayMs = 50;
  const { port } = await running(t, { maxInstanceBytes: 1e9 }, intake);
  const peer = await RawPeer.open(port);
  await peer.associate(ct);
  peer.socket.write(dataTf(pdv(1, 'command', true, command())));
  const head = dataSet(120_000);
  const fragment = dataTf(pdv(1, 'data', false, head));
  let sent = 0;
  const total = 20 * 1024 * 1024;
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  let mostAhead = 0;
  while (sent < total) {
    if (!peer.socket.write(fragment)) await once(peer.socket, 'drain');
    sent += head.length;
    const taken = intake.taken[0]?.bytes ?? 0;
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    mostAhead = Math.max(mostAhead, sent - taken);
  }
  peer.socket.write(dataTf(pdv(1, 'data', true, Buffer.alloc(0))));
  t.match(await peer.response(), { status: 0 });
  t.equal(intake.taken[0]?.bytes, sent);
  // The rest stands in the kernel's socket buffers (some MB on loopback), not in this process.
  t.ok(mostAhead < 15 * 1024 * 1024, `sender was at most ${mostAhead} bytes ahead`);
  t.ok(peak < 12 * 1024 * 1024, `buffers grew by ${peak}`);
  peer.socket.destroy();
});
