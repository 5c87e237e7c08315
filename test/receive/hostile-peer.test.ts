import t from 'tap';
import {
  associateRequest,
  CT,
  command,
  dataTf,
  IMPLICIT,
  type Proposal,
  pdu,
  pdv,
  RawPeer,
  running,
  sleep,
  until,
  VERIFICATION,
} from './fakes.ts';

const echoContext: Proposal = { id: 3, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] };
const both: readonly Proposal[] = [{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }, echoContext];
const echo = dataTf(
  pdv(
    3,
    'command',
    true,
    command({ field: 0x30, sopClass: VERIFICATION, dataSet: false, sopInstance: undefined }),
  ),
);

/** Result of a presentation context in an A-ASSOCIATE-AC (PS3.8 9.3.3.2). */
function resultOf(body: Buffer, contextId: number): number {
  for (let at = 68; at < body.length; at += 4 + body.readUInt16BE(at + 2)) {
    if (body[at] === 0x21 && body[at + 4] === contextId) return body.readUInt8(at + 6);
  }
  return -1;
}

t.test('names longer than a UID are refused, context by context', async (t) => {
  const { port } = await running(t);
  const cases: readonly Proposal[] = [
    // The item is as long as its length field allows: anything added to it in an answer would not fit.
    { id: 1, abstractSyntax: 'A'.repeat(65_527), transferSyntaxes: [] },
    { id: 1, abstractSyntax: '1'.repeat(65), transferSyntaxes: [IMPLICIT] },
    { id: 1, abstractSyntax: CT, transferSyntaxes: ['9'.repeat(60_000)] },
    { id: 1, abstractSyntax: CT, transferSyntaxes: [] },
    { id: 1, abstractSyntax: '', transferSyntaxes: [''] },
  ];
  for (const proposal of cases) {
    const peer = await RawPeer.open(port);
    const answer = await peer.associate([proposal, echoContext]);
    t.not(resultOf(answer, 1), 0, `${proposal.abstractSyntax.length} characters`);
    t.equal(resultOf(answer, 3), 0, 'the other context is accepted');
    peer.socket.write(echo);
    t.match(await peer.response(), { status: 0 });
    peer.socket.destroy();
  }
});

t.test('an exception nobody foresaw ends that association alone', async (t) => {
  const { port, events, intake, listener } = await running(t);
  const bystander = await RawPeer.open(port);
  await bystander.associate(both);
  const peer = await RawPeer.open(port);
  await peer.associate(both);
  const begin = intake.begin.bind(intake);
  intake.begin = () => {
    intake.begin = begin;
    throw new Error('not a rejection');
  };
  peer.socket.write(dataTf(pdv(1, 'command', true, command())));
  t.same(await peer.abortion(), [2, 0]);
  await until(() => peer.closed && listener.associations === 1);
  t.match(events, [
    { name: 'association.accepted' },
    { name: 'association.accepted' },
    { name: 'association.protocolError', fields: { fault: 'unforeseen' } },
    { name: 'association.closed', fields: { how: 'aborted' } },
  ]);
  bystander.socket.write(echo);
  t.match(await bystander.response(), { status: 0 });
  bystander.socket.destroy();
});

t.test('every command that is not offered is answered, and no answer outgrows a PDU', async (t) => {
  const { port } = await running(t);
  const peer = await RawPeer.open(port);
  await peer.associate(both);
  for (const field of [0x10, 0x20, 0x21, 0x100, 0x110, 0x120, 0x130, 0x140, 0x150]) {
    peer.socket.write(dataTf(pdv(1, 'command', true, command({ field, dataSet: false }))));
    t.match(await peer.response(), { status: 0x0211 }, `command 0x${field.toString(16)}`);
  }
  for (const options of [{ sopInstance: '1'.repeat(10_000) }, { sopClass: '1'.repeat(10_000) }]) {
    peer.socket.write(dataTf(pdv(1, 'command', true, command({ ...options, dataSet: false }))));
    const { body } = await peer.pdu();
    t.ok(body.length < 300, `${body.length} bytes`);
  }
  peer.socket.destroy();
});

t.test('a flood of messages or empty fragments of one peer leaves the others their turn', async (t) => {
  const { port } = await running(t);
  const empty = pdv(1, 'command', false, Buffer.alloc(0));
  const floods: readonly [string, Buffer][] = [
    ['C-ECHO', Buffer.concat(Array.from({ length: 20_000 }, () => echo))],
    [
      'empty fragments',
      Buffer.concat(Array.from({ length: 200 }, () => dataTf(...Array(2_000).fill(empty)))),
    ],
  ];
  for (const [name, bytes] of floods) {
    const flooder = await RawPeer.open(port);
    await flooder.associate(both);
    // Nothing of the answers is looked at: they are only to be taken off the wire.
    flooder.socket.removeAllListeners('data').resume();
    const other = await RawPeer.open(port);
    await other.associate(both);
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    flooder.socket.write(bytes);
    await sleep(50);
    other.socket.write(echo);
    t.match(await other.response(), { status: 0 }, name);
    await sleep(200);
    clearInterval(watch);
    t.ok(longest < 500, `the event loop stood still for at most ${Math.round(longest)} ms`);
    flooder.socket.destroy();
    other.socket.destroy();
  }
});

t.test('AE titles are kept without control characters', async (t) => {
  const { port, intake } = await running(t);
  const cases = [
    ['\u001b[2JEVIL\u0007', '?[2JEVIL?'],
    ['PACS1\0\0old bytes', 'PACS1'],
    [' SPACED ', 'SPACED'],
    ['M\u00dcNCHEN', 'M?NCHEN'],
  ] as const;
  for (const [index, [calling, kept]] of cases.entries()) {
    const peer = await RawPeer.open(port);
    await peer.associate(both, { calling });
    peer.socket.write(dataTf(pdv(1, 'command', true, command())));
    await until(() => intake.taken.length > index);
    t.equal(intake.taken[index]?.origin.callingAeTitle, kept);
    peer.socket.destroy();
  }
});

t.test('half of a request, byte by byte, does not live longer than its time', async (t) => {
  const { port } = await running(t, { associationRequestTimeoutMs: 300 });
  const peer = await RawPeer.open(port);
  const began = Date.now();
  for (const byte of associateRequest(both)) {
    if (peer.closed) break;
    peer.socket.write(Buffer.of(byte));
    await sleep(10);
  }
  await until(() => peer.closed);
  t.ok(Date.now() - began < 2_000);
  const aborting = await RawPeer.open(port);
  aborting.socket.write(pdu(7, Buffer.alloc(4)));
  await until(() => aborting.closed);
});
