import t from 'tap';
import { type AdmissionState, admit, compileRules } from '../../src/receive/admission.ts';
import type { AssociationRequest } from '../../src/receive/association-request.ts';
import type { ListenerSettings } from '../../src/receive/settings.ts';
import {
  associateRequest,
  CT,
  command,
  dataTf,
  defaults,
  EXPLICIT,
  IMPLICIT,
  pdu,
  pdv,
  RawPeer,
  running,
  tool,
  until,
  VERIFICATION,
} from './fakes.ts';

const request: AssociationRequest = {
  protocolVersion: 1,
  calledAeTitle: 'SALLYPORT',
  callingAeTitle: 'CT1',
  applicationContext: '1.2.840.10008.3.1.1.1',
  contexts: [],
};
const calm: AdmissionState = { associations: 0, associationsOfPeer: 0, hasRoom: true, stopping: false };

function decide(
  settings: Partial<ListenerSettings>,
  change: Partial<AssociationRequest> = {},
  address = '10.1.2.3',
  state: Partial<AdmissionState> = {},
) {
  return admit(compileRules({ ...defaults, ...settings }), { ...request, ...change }, address, {
    ...calm,
    ...state,
  });
}

t.test('each rule has its reason of PS3.8 table 9-21', async (t) => {
  t.same(decide({}), { kind: 'accept', peer: '10.1.2.3' });
  const rejection = (reason: string, result: number, source: number, code: number) => ({
    kind: 'reject',
    rejection: { reason, result, source, code },
  });
  t.same(decide({}, { protocolVersion: 2 }), rejection('protocol-version', 1, 2, 2));
  t.same(decide({}, { applicationContext: '1.2' }), rejection('application-context', 1, 1, 2));
  t.same(
    decide({ requireCalledAeTitle: true }, { calledAeTitle: 'OTHER' }),
    rejection('called-ae-not-recognized', 1, 1, 7),
  );
  t.equal(decide({}, { calledAeTitle: 'OTHER' }).kind, 'accept');
  t.same(decide({ callingPeers: [{ aeTitle: 'MR1' }] }), rejection('calling-ae-not-recognized', 1, 1, 3));
  t.same(decide({ callingPeers: [{ aeTitle: 'CT1' }] }), { kind: 'accept', peer: 'CT1' });
  t.same(decide({ allowedAddresses: ['192.168.0.0/16'] }), rejection('address-not-allowed', 1, 1, 1));
  t.same(decide({}, {}, '10.1.2.3', { stopping: true }), rejection('shutting-down', 2, 3, 1));
  t.same(decide({}, {}, '10.1.2.3', { hasRoom: false }), rejection('storage-low', 2, 3, 1));
  t.same(
    decide({ maxAssociations: 3 }, {}, '10.1.2.3', { associations: 3 }),
    rejection('too-many-associations', 2, 3, 2),
  );
  t.same(
    decide({ maxAssociationsPerPeer: 1 }, {}, '::1', { associationsOfPeer: 1 }),
    rejection('too-many-associations', 2, 3, 2),
  );
});

t.test('addresses are held against single addresses and ranges of both families', async (t) => {
  const allowed = { allowedAddresses: ['10.0.0.0/8', '192.168.1.5', 'fd00::/8'] };
  for (const address of ['10.255.0.1', '192.168.1.5', 'fd12::1', '::ffff:10.1.1.1']) {
    t.equal(decide(allowed, {}, address).kind, 'accept', address);
  }
  for (const address of ['11.0.0.1', '192.168.1.6', 'fe80::1', '::ffff:11.1.1.1']) {
    t.equal(decide(allowed, {}, address).kind, 'reject', address);
  }
  const peers = {
    callingPeers: [
      { aeTitle: 'CT1', addresses: ['10.1.2.3'] },
      { aeTitle: 'CT1', addresses: ['10.9.0.0/16'] },
    ],
  };
  t.equal(decide(peers, {}, '10.9.1.1').kind, 'accept');
  t.equal(decide(peers, {}, '10.8.1.1').kind, 'reject');
});

t.test('a refused peer receives the A-ASSOCIATE-RJ', async (t) => {
  const { port, intake, events } = await running(t, { maxAssociations: 1, requireCalledAeTitle: true });
  const rejected = async (options: Parameters<typeof associateRequest>[1]): Promise<number[]> => {
    const peer = await RawPeer.open(port);
    peer.socket.write(
      associateRequest([{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }], options),
    );
    const { type, body } = await peer.pdu();
    t.equal(type, 3);
    await until(() => peer.closed);
    return [...body.subarray(1, 4)];
  };
  t.same(await rejected({ called: 'OTHER' }), [1, 1, 7]);
  t.same(await rejected({ version: 2 }), [1, 2, 2]);
  intake.room = false;
  t.same(await rejected({}), [2, 3, 1]);
  intake.room = true;
  const first = await RawPeer.open(port);
  await first.associate([{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }]);
  t.same(await rejected({}), [2, 3, 2]);
  first.socket.write(pdu(5, Buffer.alloc(4)));
  t.equal((await first.pdu()).type, 6);
  t.equal(events.filter((event) => event.name === 'association.rejected').length, 4);
});

t.test(
  'contexts are decided one by one, in any order, without role selection or asynchronous window',
  async (t) => {
    const { port } = await running(t);
    const peer = await RawPeer.open(port);
    const jpegXl = '1.2.840.10008.1.2.4.112';
    const asyncWindow = Buffer.from([0x53, 0, 0, 4, 0, 9, 0, 9]);
    const uid = Buffer.from(CT);
    const role = Buffer.concat([
      Buffer.from([0x54, 0, 0, uid.length + 4, 0, uid.length]),
      uid,
      Buffer.from([0, 1]),
    ]);
    const body = await peer.associate(
      [
        { id: 9, abstractSyntax: CT, transferSyntaxes: [IMPLICIT, EXPLICIT] },
        { id: 5, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
        { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntaxes: [IMPLICIT] },
        { id: 7, abstractSyntax: CT, transferSyntaxes: ['1.2.3.4'] },
        { id: 1, abstractSyntax: '1.3.12.2.1107.5.9.1', transferSyntaxes: [IMPLICIT] },
        { id: 255, abstractSyntax: CT, transferSyntaxes: [jpegXl] },
      ],
      { maxPdu: 0, extra: Buffer.concat([asyncWindow, role]) },
    );
    const results = new Map<number, [number, string]>();
    const userItems = new Map<number, Buffer>();
    for (let at = 68; at < body.length; at += 4 + body.readUInt16BE(at + 2)) {
      const end = at + 4 + body.readUInt16BE(at + 2);
      if (body[at] === 0x21) {
        const length = body.readUInt16BE(at + 10);
        results.set(body.readUInt8(at + 4), [
          body.readUInt8(at + 6),
          body.toString('latin1', at + 12, at + 12 + length),
        ]);
      } else if (body[at] === 0x50) {
        for (let sub = at + 4; sub < end; sub += 4 + body.readUInt16BE(sub + 2)) {
          userItems.set(body.readUInt8(sub), body.subarray(sub + 4, sub + 4 + body.readUInt16BE(sub + 2)));
        }
      }
    }
    t.same(results.get(9), [0, EXPLICIT]);
    t.same(results.get(5), [0, IMPLICIT]);
    t.equal(results.get(3)?.[0], 3);
    t.equal(results.get(7)?.[0], 4);
    t.equal(results.get(1)?.[0], 3);
    t.same(results.get(255), [0, jpegXl]);
    t.same([...userItems.keys()].sort(), [0x51, 0x52, 0x55]);
    t.equal(userItems.get(0x51)?.readUInt32BE(0), 131_072);
    t.equal(userItems.get(0x55)?.toString(), 'SALLYPORT_0_1');
    peer.socket.write(dataTf(pdv(3, 'command', true, command())));
    t.same(await peer.abortion(), [2, 6], 'C-STORE on a refused context');
  },
);

t.test('unknown storage classes are accepted where configured', async (t) => {
  const { port } = await running(t, { acceptUnknownSopClasses: true });
  const peer = await RawPeer.open(port);
  const body = await peer.associate([
    { id: 1, abstractSyntax: '1.3.12.2.1107.5.9.1', transferSyntaxes: [IMPLICIT] },
  ]);
  const at = body.indexOf(0x21, 68);
  t.equal(body[at + 6], 0);
  peer.socket.destroy();
});

t.test('stop refuses new associations, lets a running one finish and aborts one that does not', async (t) => {
  const { port, listener, intake } = await running(t);
  const contexts = [{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }];
  const busy = await RawPeer.open(port);
  await busy.associate(contexts);
  busy.socket.write(dataTf(pdv(1, 'command', true, command())));
  await until(() => intake.taken.length === 1);
  const stopped = listener.stop(600);
  const late = await RawPeer.open(port);
  late.socket.write(associateRequest(contexts));
  const { type, body } = await late.pdu();
  t.same([type, ...body.subarray(1, 4)], [3, 2, 3, 1]);
  t.same(await busy.abortion(), [0, 0]);
  await stopped;
  t.equal(intake.taken[0]?.state, 'aborted');
});

t.test('nothing reaches stdout or stderr, whatever the library has to say', async (t) => {
  const script = `
    import { Association } from './src/receive/association.ts';
    import { associateRequest, command, dataTf, pdv, CT, IMPLICIT } from './test/receive/fakes.ts';
    const sent = [];
    const one = new Association((pdu) => sent.push(pdu));
    const contexts = [{ id: 1, abstractSyntax: CT, transferSyntax: IMPLICIT, result: 0 }];
    one.accept(associateRequest([{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }], { calling: 'SECRETMARK' }), contexts);
    one.answer(1, command({ dataSet: false, sopInstance: '1.SECRETMARK.' + '9'.repeat(90) }), { status: 0 });
    one.answer(9, command({ dataSet: false }), { status: 0 });
    one.answer(1, Buffer.alloc(33, 0x41), { status: 0 });
    one.close();
    if (sent.length < 2) process.exitCode = 3;
  `;
  const result = await tool(process.execPath, ['--input-type=module', '--no-warnings', '-e', script]);
  t.equal(result.code, 0, result.output);
  t.equal(result.output, '');
});
