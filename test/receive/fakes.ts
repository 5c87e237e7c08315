import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ErrorCode, SallyportError } from '../../src/core/errors.ts';
import type { InstanceOrigin } from '../../src/core/instance.ts';
import type { AssociationObserver } from '../../src/observe/association-observer.ts';
import type { Emit, EventName } from '../../src/observe/events.ts';
import { Listener } from '../../src/receive/listener.ts';
import type { ListenerSettings } from '../../src/receive/settings.ts';
import type { IncomingInstance, Intake } from '../../src/spool/intake.ts';

export interface Taken {
  readonly id: string;
  readonly origin: InstanceOrigin;
  readonly head: Buffer;
  readonly chunks: Buffer[];
  bytes: number;
  state: 'open' | 'committed' | 'aborted';
}

/** An intake in memory whose steps can be delayed or made to fail. */
export class FakeIntake implements Intake {
  readonly taken: Taken[] = [];
  room = true;
  keepBytes = true;
  beginFails: ErrorCode | undefined;
  writeFails: ErrorCode | undefined;
  commitFails: ErrorCode | undefined;
  commitKind: 'stored' | 'duplicate' | 'held' = 'stored';
  writeDelayMs = 0;
  commitGate: Promise<void> | undefined;

  hasRoom(): boolean {
    return this.room;
  }

  async begin(origin: InstanceOrigin, head: Uint8Array): Promise<IncomingInstance> {
    if (this.beginFails !== undefined) throw new SallyportError(this.beginFails);
    const id = String(this.taken.length + 1);
    const entry: Taken = { id, origin, head: Buffer.from(head), chunks: [], bytes: 0, state: 'open' };
    this.taken.push(entry);
    return {
      id,
      write: async (chunk) => {
        if (this.writeDelayMs > 0) await sleep(this.writeDelayMs);
        if (this.writeFails !== undefined) throw new SallyportError(this.writeFails);
        if (this.keepBytes) entry.chunks.push(Buffer.from(chunk));
        entry.bytes += chunk.length;
      },
      commit: async () => {
        await this.commitGate;
        if (this.commitFails !== undefined) throw new SallyportError(this.commitFails);
        entry.state = 'committed';
        return { kind: this.commitKind, id };
      },
      abort: async () => {
        entry.state = 'aborted';
      },
    };
  }
}

export interface Recorded {
  readonly name: EventName;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Running {
  readonly listener: Listener;
  readonly intake: FakeIntake;
  readonly events: Recorded[];
  readonly port: number;
  /** How often the observer threw. */
  readonly observerFailures: () => number;
}

export const defaults: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  aeTitle: 'SALLYPORT',
  requireCalledAeTitle: false,
  callingPeers: [],
  allowedAddresses: [],
  maxAssociations: 8,
  maxAssociationsPerPeer: 8,
  maxPduBytes: 131_072,
  maxInstanceBytes: 64 * 1024 * 1024,
  associationRequestTimeoutMs: 5_000,
  idleTimeoutMs: 5_000,
  acceptUnknownSopClasses: false,
};

/** A running listener; stops by itself when the test ends. */
export async function running(
  t: { teardown(end: () => Promise<void>): void },
  settings: Partial<ListenerSettings> = {},
  intake = new FakeIntake(),
  observer?: AssociationObserver,
): Promise<Running> {
  const events: Recorded[] = [];
  const emit: Emit = (name, fields) => {
    events.push({ name, fields });
  };
  let failures = 0;
  const listener = new Listener(
    { ...defaults, ...settings },
    {
      intake,
      emit,
      now: Date.now,
      ...(observer === undefined ? {} : { observer }),
      onObserverFailure: () => {
        failures += 1;
      },
    },
  );
  const { port } = await listener.start();
  t.teardown(() => listener.stop(0));
  return { listener, intake, events, port, observerFailures: () => failures };
}

export interface ToolResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a tool to its end; output is stdout and stderr. */
export async function tool(name: string, args: readonly (string | number)[]): Promise<ToolResult> {
  const child = spawn(name, args.map(String), { env: { ...process.env, TCP_NODELAY: '1' } });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  return { code: Number(code), output };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until the condition holds; fails loudly after the limit. */
export async function until(condition: () => boolean, limitMs = 20_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error('the condition did not come true in time');
    await sleep(5);
  }
}

// A peer that speaks PDUs by hand ------------------------------------------------------------------------------------

export class RawPeer {
  readonly socket: Socket;
  closed = false;
  #received = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => (this.closed = true));
  }

  static async open(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  /** The next PDU of the other side. */
  async pdu(): Promise<{ type: number; body: Buffer }> {
    const whole = (): boolean =>
      this.#received.length >= 6 && this.#received.length >= 6 + this.#received.readUInt32BE(2);
    await until(() => whole() || this.closed);
    if (!whole()) throw new Error('the connection closed without a PDU');
    const length = this.#received.readUInt32BE(2);
    const type = this.#received.readUInt8(0);
    const body = this.#received.subarray(6, 6 + length);
    this.#received = this.#received.subarray(6 + length);
    return { type, body };
  }

  /** The A-ABORT that must come next, as [source, reason]. */
  async abortion(): Promise<[number, number]> {
    const { type, body } = await this.pdu();
    if (type !== 7) throw new Error(`PDU of type ${type} instead of A-ABORT`);
    return [body.readUInt8(2), body.readUInt8(3)];
  }

  async associate(contexts: readonly Proposal[], options: RequestOptions = {}): Promise<Buffer> {
    this.socket.write(associateRequest(contexts, options));
    const { type, body } = await this.pdu();
    if (type !== 2) throw new Error(`PDU of type ${type} instead of A-ASSOCIATE-AC`);
    return body;
  }

  /** The status of the response that must come next, and its Error Comment. */
  async response(): Promise<{ status: number; comment: string; messageId: number }> {
    const { type, body } = await this.pdu();
    if (type !== 4) throw new Error(`PDU of type ${type} instead of P-DATA-TF`);
    let status = -1;
    let comment = '';
    let messageId = -1;
    for (let at = 6; at < body.length; at += 8 + body.readUInt32LE(at + 4)) {
      const element = body.readUInt16LE(at + 2);
      if (element === 0x0900) status = body.readUInt16LE(at + 8);
      if (element === 0x0120) messageId = body.readUInt16LE(at + 8);
      if (element === 0x0902)
        comment = body.toString('latin1', at + 8, at + 8 + body.readUInt32LE(at + 4)).trim();
    }
    return { status, comment, messageId };
  }
}

export interface Proposal {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export interface RequestOptions {
  readonly called?: string;
  readonly calling?: string;
  readonly version?: number;
  readonly applicationContext?: string;
  readonly maxPdu?: number;
  readonly extra?: Buffer;
}

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const VERIFICATION = '1.2.840.10008.1.1';
export const IMPLICIT = '1.2.840.10008.1.2';
export const EXPLICIT = '1.2.840.10008.1.2.1';

function item(type: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const value = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const header = Buffer.from([type, 0, value.length >> 8, value.length & 255]);
  return Buffer.concat([header, value]);
}

export function pdu(type: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(6);
  header[0] = type;
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

export function associateRequest(contexts: readonly Proposal[], options: RequestOptions = {}): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(options.version ?? 1, 0);
  fixed.write((options.called ?? 'SALLYPORT').padEnd(16), 4, 'latin1');
  fixed.write((options.calling ?? 'RAWPEER').padEnd(16), 20, 'latin1');
  const maxPdu = Buffer.alloc(4);
  maxPdu.writeUInt32BE(options.maxPdu ?? 16_384);
  return pdu(
    1,
    Buffer.concat([
      fixed,
      item(0x10, options.applicationContext ?? '1.2.840.10008.3.1.1.1'),
      ...contexts.map((context) =>
        item(
          0x20,
          Buffer.from([context.id, 0, 0, 0]),
          item(0x30, context.abstractSyntax),
          ...context.transferSyntaxes.map((uid) => item(0x40, uid)),
        ),
      ),
      item(0x50, item(0x51, maxPdu), item(0x52, '1.2.3.4'), options.extra ?? Buffer.alloc(0)),
    ]),
  );
}

export function pdv(contextId: number, kind: 'command' | 'data', last: boolean, value: Uint8Array): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt32BE(value.length + 2, 0);
  header[4] = contextId;
  header[5] = (kind === 'command' ? 1 : 0) | (last ? 2 : 0);
  return Buffer.concat([header, value]);
}

export function dataTf(...pdvs: readonly Buffer[]): Buffer {
  return pdu(4, Buffer.concat(pdvs));
}

function commandElement(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function uidBytes(uid: string): Buffer {
  return Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1');
}

export interface CommandOptions {
  readonly field?: number;
  readonly messageId?: number;
  readonly sopClass?: string;
  readonly sopInstance?: string | undefined;
  readonly dataSet?: boolean;
}

export function command(options: CommandOptions = {}): Buffer {
  const { field = 1, messageId = 1, sopClass = CT, dataSet = true } = options;
  const sopInstance = 'sopInstance' in options ? options.sopInstance : '1.2.3.4.5';
  const elements = Buffer.concat([
    commandElement(0x0002, uidBytes(sopClass)),
    commandElement(0x0100, us(field)),
    commandElement(0x0110, us(messageId)),
    commandElement(0x0700, us(0)),
    commandElement(0x0800, us(dataSet ? 0x0001 : 0x0101)),
    ...(sopInstance === undefined ? [] : [commandElement(0x1000, uidBytes(sopInstance))]),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([commandElement(0x0000, length), elements]);
}

/** A small data set in Implicit VR Little Endian with both UIDs, filled up to a size. */
export function dataSet(size = 200, sopClass = CT, sopInstance = '1.2.3.4.5'): Buffer {
  const element = (group: number, number: number, value: Buffer): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt16LE(group, 0);
    header.writeUInt16LE(number, 2);
    header.writeUInt32LE(value.length, 4);
    return Buffer.concat([header, value]);
  };
  const head = Buffer.concat([element(8, 0x16, uidBytes(sopClass)), element(8, 0x18, uidBytes(sopInstance))]);
  return Buffer.concat([head, element(0x7fe0, 0x0010, Buffer.alloc(Math.max(0, size - head.length - 8), 7))]);
}
