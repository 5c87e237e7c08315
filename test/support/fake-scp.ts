import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

/** What a scripted peer does with each PDU: type and body come in, bytes to answer go out. */
export type FakeScpScript = (pdu: { type: number; body: Buffer }, socket: Socket, connection: number) => void;

export interface FakeScp {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: () => number;
  /** Types of the PDUs received so far, over all connections. */
  readonly types: number[];
}

/** A peer that does what the script says, right or wrong; closed with all its connections when the test ends. */
export async function startFakeScp(t: Test, script: FakeScpScript): Promise<FakeScp> {
  let connections = 0;
  const types: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    scriptedConnection(socket, (pdu) => {
      types.push(pdu.type);
      script(pdu, socket, connection);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return { port: address.port, connections: () => connections, types };
}

/** Calls back with each whole PDU of a connection. */
export function scriptedConnection(
  socket: Socket,
  take: (pdu: { type: number; body: Buffer }) => void,
): void {
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 6 && received.length >= 6 + received.readUInt32BE(2)) {
      const end = 6 + received.readUInt32BE(2);
      const whole = { type: received[0] ?? 0, body: received.subarray(6, end) };
      received = received.subarray(end);
      take(whole);
    }
  });
}

/** A PDU of this type and body. */
export function pdu(type: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(6);
  head[0] = type;
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** Accepts every context of an A-ASSOCIATE-RQ with its first transfer syntax; `result` and `syntax` may say otherwise. */
export function accept(
  request: Buffer,
  options: { maxPduLength?: number; result?: (id: number) => number; transferSyntaxUid?: string } = {},
): Buffer {
  const parts: Buffer[] = [request.subarray(0, 68), item(0x10, Buffer.from('1.2.840.10008.3.1.1.1'))];
  for (const { type, value } of itemsOf(request.subarray(68))) {
    if (type !== 0x20) continue;
    const id = value[0] ?? 0;
    const syntax = itemsOf(value.subarray(4)).find((sub) => sub.type === 0x40)?.value ?? Buffer.alloc(0);
    const answered =
      options.transferSyntaxUid === undefined ? syntax : Buffer.from(options.transferSyntaxUid);
    parts.push(
      item(0x21, Buffer.concat([Buffer.from([id, 0, options.result?.(id) ?? 0, 0]), item(0x40, answered)])),
    );
  }
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(options.maxPduLength ?? 16_384);
  parts.push(item(0x50, item(0x51, maximum)));
  return pdu(0x02, Buffer.concat(parts));
}

/** Contexts proposed by an A-ASSOCIATE-RQ. */
export function proposed(
  request: Buffer,
): { id: number; abstractSyntax: string; transferSyntaxes: string[] }[] {
  return itemsOf(request.subarray(68))
    .filter(({ type }) => type === 0x20)
    .map(({ value }) => {
      const subs = itemsOf(value.subarray(4));
      return {
        id: value[0] ?? 0,
        abstractSyntax: subs.find(({ type }) => type === 0x30)?.value.toString('latin1') ?? '',
        transferSyntaxes: subs.filter(({ type }) => type === 0x40).map((sub) => sub.value.toString('latin1')),
      };
    });
}

/** A C-STORE-RSP in one P-DATA-TF. */
export function storeResponse(contextId: number, messageId: number, status: number, comment = ''): Buffer {
  const text = comment.length % 2 === 0 ? comment : `${comment} `;
  const body = Buffer.concat([
    commandElement(0x0100, us(0x8001)),
    commandElement(0x0120, us(messageId)),
    commandElement(0x0800, us(0x0101)),
    commandElement(0x0900, us(status)),
    ...(comment === '' ? [] : [commandElement(0x0902, Buffer.from(text))]),
  ]);
  const head = Buffer.alloc(6);
  head.writeUInt32BE(body.length + 2);
  head[4] = contextId;
  head[5] = 3;
  return pdu(0x04, Buffer.concat([head, body]));
}

/**
 * A script that takes part in an orderly association and answers each instance, once its last fragment is in, with what
 * `answer` gives: a status, or undefined for silence.
 */
export function storing(
  answer: (instance: {
    number: number;
    bytes: number;
    sha256: string;
    connection: number;
  }) => number | undefined,
  options: { maxPduLength?: number; comment?: string } = {},
): FakeScpScript {
  let number = 0;
  let bytes = 0;
  let hash = createHash('sha256');
  let messageId = 0;
  return (received, socket, connection) => {
    if (received.type === 0x01) socket.write(accept(received.body, options));
    if (received.type === 0x05) socket.end(pdu(0x06, Buffer.alloc(4)));
    if (received.type !== 0x04) return;
    const contextId = received.body[4] ?? 0;
    const control = received.body[5] ?? 0;
    const fragment = received.body.subarray(6);
    if ((control & 1) === 1) {
      messageId = messageIdOf(fragment) ?? messageId;
      bytes = 0;
      hash = createHash('sha256');
      return;
    }
    bytes += fragment.length;
    hash.update(fragment);
    if ((control & 2) === 0) return;
    number += 1;
    const status = answer({ number, bytes, sha256: hash.digest('hex'), connection });
    if (status !== undefined) socket.write(storeResponse(contextId, messageId, status, options.comment));
  };
}

function messageIdOf(command: Buffer): number | undefined {
  const at = command.indexOf(Buffer.from([0x00, 0x00, 0x10, 0x01, 0x02, 0x00, 0x00, 0x00]));
  return at < 0 || at + 10 > command.length ? undefined : command.readUInt16LE(at + 8);
}

function itemsOf(bytes: Buffer): { type: number; value: Buffer }[] {
  const found: { type: number; value: Buffer }[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2);
    found.push({ type: bytes[at] ?? 0, value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return found;
}

function item(type: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function commandElement(element: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(element, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
