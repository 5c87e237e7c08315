import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { groupByContexts, type SendOptions, type SendResult, sendFiles } from '../../src/send/send-files.ts';
import { writeLargeInstance } from '../../src/synthetic/bulk.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { accept, type FakeScp, pdu, proposed, startFakeScp, storing } from '../support/fake-scp.ts';
import { greyImage, withElements, writeInstance } from '../support/instances.ts';
import { freePort, waitFor } from '../support/run.ts';

const quick: SendOptions = { connectTimeoutMs: 2000, associationTimeoutMs: 400, responseTimeoutMs: 400 };

async function send(
  paths: readonly string[],
  port: number,
  options: SendOptions = {},
): Promise<SendResult[]> {
  const target = { host: '127.0.0.1', port, aeTitle: 'PEER' };
  const results: SendResult[] = [];
  for await (const result of sendFiles(paths, target, { ...quick, ...options })) results.push(result);
  return results;
}

function instances(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    writeInstance(join(folder, `${index}.dcm`), greyImage()),
  );
}

const short = (results: readonly SendResult[]): unknown[] =>
  results.map(({ outcome, status, code }) => [outcome, status, code]);

t.test('tells success, warning and refusal apart by the status', async (t) => {
  const statuses = [0x0000, 0xb000, 0xa700, 0xc123, 0x0122];
  const scp = await startFakeScp(
    t,
    storing(({ number }) => statuses[number - 1]),
  );
  const results = await send(instances(t.testdir(), 5), scp.port);
  t.same(short(results), [
    ['sent', 0x0000, undefined],
    ['warning', 0xb000, undefined],
    ['refused', 0xa700, undefined],
    ['refused', 0xc123, undefined],
    ['refused', 0x0122, undefined],
  ]);
  t.same(
    results.map(({ statusText }) => statusText),
    [
      'success (0x0000)',
      'coercion of data elements (0xB000)',
      'out of resources (0xA700)',
      'cannot understand (0xC123)',
      'SOP class not supported (0x0122)',
    ],
  );
  t.same(scp.types.at(-1), 0x05, 'the association is released');
  t.equal(scp.connections(), 1);
});

t.test('repeats a registry code of the peer, and nothing else of its comment', async (t) => {
  const ours = await startFakeScp(
    t,
    storing(() => 0xc000, { comment: 'NOT_DICOM: send it again' }),
  );
  const [path = ''] = instances(t.testdir(), 1);
  t.same(short(await send([path], ours.port)), [['refused', 0xc000, 'NOT_DICOM']]);
  const foreign = await startFakeScp(
    t,
    storing(() => 0xc000, { comment: 'Patient Doe^Jane is not known' }),
  );
  const results = await send([path], foreign.port);
  t.same(short(results), [['refused', 0xc000, undefined]]);
  t.notMatch(JSON.stringify(results), /Doe/);
});

t.test('proposes one context for each pair found and refuses locally what was not accepted', async (t) => {
  const folder = t.testdir();
  const ct = '1.2.840.10008.5.1.4.1.1.2';
  const syntaxes = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'];
  const paths = syntaxes.map((transferSyntaxUid, index) =>
    writeInstance(join(folder, `${index}.dcm`), {
      elements: greyImage({ sopClassUid: ct }),
      transferSyntaxUid,
    }),
  );
  let contexts: ReturnType<typeof proposed> = [];
  const inner = storing(() => 0);
  const scp = await startFakeScp(t, (received, socket, connection) => {
    if (received.type !== 0x01) return inner(received, socket, connection);
    contexts = proposed(received.body);
    socket.write(accept(received.body, { result: (id) => ({ 3: 3, 5: 4 })[id] ?? 0 }));
  });
  t.same(short(await send(paths, scp.port)), [
    ['sent', 0, undefined],
    ['refused', undefined, 'PEER_CONTEXT_REFUSED'],
    ['refused', undefined, 'PEER_CONTEXT_REFUSED'],
  ]);
  t.same(
    contexts,
    syntaxes.map((uid, index) => ({ id: index * 2 + 1, abstractSyntax: ct, transferSyntaxes: [uid] })),
  );
});

t.test('does not send under a transfer syntax it did not propose', async (t) => {
  const scp = await startFakeScp(t, (received, socket) => {
    if (received.type === 0x01)
      socket.write(accept(received.body, { transferSyntaxUid: '1.2.840.10008.1.2' }));
    if (received.type === 0x05) socket.end(pdu(0x06, Buffer.alloc(4)));
  });
  t.same(short(await send(instances(t.testdir(), 1), scp.port)), [
    ['refused', undefined, 'PEER_CONTEXT_REFUSED'],
  ]);
  t.notOk(scp.types.includes(0x04));
});

t.test('opens a further association where 128 contexts are not enough', async (t) => {
  const folder = t.testdir();
  const paths = Array.from({ length: 130 }, (_, index) =>
    writeInstance(
      join(folder, `${index}.dcm`),
      greyImage({ sopClassUid: `2.25.4711.${index}`, rows: 1, columns: 2 }),
    ),
  );
  const perAssociation: number[] = [];
  const inner = storing(() => 0);
  const scp = await startFakeScp(t, (received, socket, connection) => {
    if (received.type === 0x01) perAssociation.push(proposed(received.body).length);
    inner(received, socket, connection);
  });
  const results = await send(paths, scp.port);
  t.same(new Set(results.map(({ outcome }) => outcome)), new Set(['sent']));
  t.equal(results.length, 130);
  t.same(perAssociation, [128, 2]);
  const files = [{ sopClassUid: 'a', transferSyntaxUid: 'x' }];
  t.same(groupByContexts(files), [files]);
});

t.test('says why an association was rejected, and tries no further', async (t) => {
  const cases = [
    [1, 1, 7, /permanent: called AE title not recognized/],
    [1, 1, 3, /permanent: calling AE title not recognized/],
    [2, 3, 2, /transient: local limit exceeded/],
    [2, 3, 9, /transient: source 3, reason 9/],
  ] as const;
  const paths = instances(t.testdir(), 2);
  for (const [result, source, reason, words] of cases) {
    const scp = await startFakeScp(t, (_received, socket) =>
      socket.end(pdu(0x03, Buffer.from([0, result, source, reason]))),
    );
    const results = await send(paths, scp.port);
    t.same(short(results), Array(2).fill(['failed', undefined, 'PEER_REJECTED']));
    t.match(results[0]?.statusText, words);
    t.equal(scp.connections(), 1);
  }
});

t.test('a port where nobody listens fails every file', async (t) => {
  const results = await send(instances(t.testdir(), 2), await freePort());
  t.same(short(results), Array(2).fill(['failed', undefined, 'PEER_UNREACHABLE']));
});

t.test('a peer that never answers the association ends by the deadline', async (t) => {
  const scp = await startFakeScp(t, () => undefined);
  const started = Date.now();
  t.same(short(await send(instances(t.testdir(), 1), scp.port)), [['failed', undefined, 'PEER_TIMEOUT']]);
  t.ok(Date.now() - started < 3000);
  await waitFor('A-ABORT', () => scp.types.length > 1);
  t.same(scp.types, [0x01, 0x07], 'and is told by A-ABORT');
});

t.test(
  'a peer that never answers one instance costs that instance, the rest goes over a new association',
  async (t) => {
    const scp = await startFakeScp(
      t,
      storing(({ number }) => (number === 2 ? undefined : 0)),
    );
    const results = await send(instances(t.testdir(), 4), scp.port);
    t.same(short(results), [
      ['sent', 0, undefined],
      ['failed', undefined, 'PEER_TIMEOUT'],
      ['sent', 0, undefined],
      ['sent', 0, undefined],
    ]);
    t.equal(scp.connections(), 2);
  },
);

t.test('gives up after ten associations broken in a row', async (t) => {
  const inner = storing(() => 0);
  const scp = await startFakeScp(t, (received, socket, connection) => {
    if (received.type === 0x04) socket.end(pdu(0x07, Buffer.from([0, 0, 2, 1])));
    else inner(received, socket, connection);
  });
  const results = await send(instances(t.testdir(), 12), scp.port);
  t.same(short(results), Array(12).fill(['failed', undefined, 'PEER_ABORTED']));
  t.match(results[0]?.statusText, /unrecognized PDU/);
  t.equal(scp.connections(), 10);
});

t.test('gives up after three instances without any answer', async (t) => {
  const scp = await startFakeScp(
    t,
    storing(() => undefined),
  );
  const results = await send(instances(t.testdir(), 6), scp.port, { responseTimeoutMs: 100 });
  t.same(short(results), Array(6).fill(['failed', undefined, 'PEER_TIMEOUT']));
  t.equal(scp.connections(), 3);
});

t.test('a peer that reads no more ends by the deadline, not in memory', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'large.dcm');
  await writeLargeInstance({ path, pixelBytes: 64 * 1024 * 1024 });
  const scp = await startFakeScp(t, (received, socket) => {
    if (received.type === 0x01) socket.write(accept(received.body));
    else socket.pause();
  });
  const before = process.memoryUsage().rss;
  t.same(short(await send([path], scp.port)), [['failed', undefined, 'PEER_TIMEOUT']]);
  t.ok(process.memoryUsage().rss - before < 48 * 1024 * 1024, 'the data set was not piled up');
});

t.test('bytes that are no DICOM, PDUs without end and foreign messages are protocol errors', async (t) => {
  const [path = ''] = instances(t.testdir(), 1);
  const answers: Record<string, Buffer> = {
    'a web server': Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'a PDU of 4 GiB': Buffer.from('0200ffffffff', 'hex'),
    'an unknown PDU type': pdu(0x42, Buffer.alloc(8)),
    'an accept whose items leave it': pdu(
      0x02,
      Buffer.concat([Buffer.alloc(68), Buffer.from('21000fff', 'hex')]),
    ),
    'a data PDU': pdu(0x04, Buffer.alloc(6)),
  };
  for (const [name, answer] of Object.entries(answers)) {
    const scp = await startFakeScp(t, (_received, socket) => socket.write(answer));
    t.same(short(await send([path], scp.port)), [['failed', undefined, 'PEER_PROTOCOL_ERROR']], name);
  }
  const inner = storing(() => 0);
  for (const [name, answer] of Object.entries({
    ...answers,
    'a PDV that leaves its PDU': pdu(0x04, Buffer.from('000000ff0103', 'hex')),
  })) {
    if (name === 'an accept whose items leave it') continue;
    const scp: FakeScp = await startFakeScp(t, (received, socket, connection) => {
      if (received.type === 0x04) socket.write(answer);
      else inner(received, socket, connection);
    });
    t.same(
      short(await send([path], scp.port)),
      [['failed', undefined, 'PEER_PROTOCOL_ERROR']],
      `${name} for a response`,
    );
  }
});

t.test('a connection lost between two instances is told as that', async (t) => {
  const scp = await startFakeScp(t, (received, socket) => {
    if (received.type === 0x01) socket.write(accept(received.body));
    if (received.type === 0x04) socket.resetAndDestroy();
  });
  t.same(short(await send(instances(t.testdir(), 1), scp.port)), [['failed', undefined, 'PEER_LOST']]);
});

t.test(
  'sends within the smallest PDU a peer announces, and refuses one that cannot hold a fragment',
  async (t) => {
    const [path = ''] = instances(t.testdir(), 1);
    let largest = 0;
    let bytes = 0;
    const inner = storing(
      (instance) => {
        bytes = instance.bytes;
        return 0;
      },
      { maxPduLength: 129 },
    );
    const scp = await startFakeScp(t, (received, socket, connection) => {
      if (received.type === 0x04) largest = Math.max(largest, received.body.length);
      inner(received, socket, connection);
    });
    const [result] = await send([path], scp.port);
    t.equal(result?.outcome, 'sent');
    t.equal(largest, 128, 'even and not above 129');
    t.equal(bytes, result?.bytes);
    const impossible = await startFakeScp(
      t,
      storing(() => 0, { maxPduLength: 7 }),
    );
    t.same(short(await send([path], impossible.port)), [['failed', undefined, 'PEER_PROTOCOL_ERROR']]);
  },
);

t.test('an abort signal ends the sending and the rest fails as cancelled', async (t) => {
  const cancel = new AbortController();
  const paths = instances(t.testdir(), 3);
  const scp = await startFakeScp(
    t,
    storing(({ number }) => {
      if (number < 2) return 0;
      cancel.abort();
      return undefined;
    }),
  );
  const results = await send(paths, scp.port, { signal: cancel.signal });
  t.same(short(results), [
    ['sent', 0, undefined],
    ['failed', undefined, 'CANCELLED'],
    ['failed', undefined, 'CANCELLED'],
  ]);
  t.same(short(await send(paths.slice(0, 1), scp.port, { signal: cancel.signal })), [
    ['failed', undefined, 'CANCELLED'],
  ]);
});

t.test('a consumer that stops early leaves no association open', async (t) => {
  const scp = await startFakeScp(
    t,
    storing(() => 0),
  );
  for await (const result of sendFiles(
    instances(t.testdir(), 3),
    { host: '127.0.0.1', port: scp.port, aeTitle: 'P' },
    quick,
  )) {
    t.equal(result.outcome, 'sent');
    break;
  }
  await waitFor('A-ABORT', () => scp.types.at(-1) === 0x07);
  t.equal(scp.types.filter((type) => type === 0x01).length, 1);
});

t.test('files that are no instances are told so, and nothing is sent for them', async (t) => {
  const folder = t.testdir({ 'notes.txt': 'Dear Jane Doe, your results are here. '.repeat(10), empty: '' });
  mkdirSync(join(folder, 'sub'));
  const dicomdir = withElements(
    [element(0x00041130, 'CS', 'SET')],
    element(0x00080016, 'UI', '1.2.840.10008.1.3.10'),
    element(0x00080018, 'UI', '2.25.1'),
  );
  writeFileSync(
    join(folder, 'cut'),
    Buffer.concat([
      Buffer.alloc(128),
      Buffer.from('DICM\x02\x00\x01\x00OB\x00\x00\xff\x00\x00\x00', 'latin1'),
    ]),
  );
  const paths = ['notes.txt', 'empty', 'sub', 'absent', 'cut'].map((name) => join(folder, name));
  paths.push(writeInstance(join(folder, 'DICOMDIR'), dicomdir));
  const scp = await startFakeScp(
    t,
    storing(() => 0),
  );
  const results = await send(paths, scp.port);
  t.same(
    results.map(({ outcome, code }) => [outcome, code]),
    [
      ['unreadable', 'NOT_DICOM'],
      ['unreadable', 'NOT_DICOM'],
      ['unreadable', 'FILE_UNREADABLE'],
      ['unreadable', 'FILE_UNREADABLE'],
      ['unreadable', 'NOT_DICOM'],
      ['unreadable', 'MEDIA_DIRECTORY'],
    ],
  );
  t.equal(scp.connections(), 0);
  t.notMatch(JSON.stringify(results.map(({ statusText }) => statusText)), /Jane/);
});

t.test('bare data sets are sent in the encoding their first element shows', async (t) => {
  const folder = t.testdir();
  const uids = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'];
  const paths = uids.map((transferSyntaxUid, index) =>
    writeInstance(join(folder, `${index}`), { elements: greyImage(), transferSyntaxUid, preamble: null }),
  );
  let contexts: string[] = [];
  const inner = storing(() => 0);
  const scp = await startFakeScp(t, (received, socket, connection) => {
    if (received.type === 0x01) contexts = proposed(received.body).flatMap((one) => one.transferSyntaxes);
    inner(received, socket, connection);
  });
  const results = await send(paths, scp.port);
  t.same(
    results.map(({ outcome }) => outcome),
    ['sent', 'sent', 'sent'],
  );
  t.same(contexts, uids);
});

t.test('a peer that accepts the connection and then closes it is lost', async (t) => {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  t.same(short(await send(instances(t.testdir(), 1), port)), [['failed', undefined, 'PEER_LOST']]);
});
