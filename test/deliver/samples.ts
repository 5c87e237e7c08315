import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import type { components } from '../../src/core/generated/backend.ts';
import type { PreparedImages, PreparedInstance } from '../../src/core/prepared.ts';
import { bodyChunks } from '../../src/deliver/body.ts';
import type { Post } from '../../src/deliver/posts.ts';
import type { BackendSettings } from '../../src/deliver/settings.ts';
import { anEntry } from '../spool/catalogue-contract.ts';

type Study = components['schemas']['Study'];
type Series = components['schemas']['Series'];
type Image = components['schemas']['Image'];

export const never = new AbortController().signal;

export interface SampleOptions {
  readonly id: string;
  readonly frames?: number;
  /** Bytes of padding inside each JPEG. */
  readonly padding?: number;
  readonly study?: string;
  readonly series?: string;
  readonly image?: string;
  readonly content?: string;
  readonly revision?: string;
}

/** A prepared instance whose output depends on nothing but its options other than `id`, and fits the contract. */
export function samplePrepared(options: SampleOptions): PreparedInstance {
  const { id, frames = 1, padding = 0, study = '1', series = '1', revision = 'basic-1' } = options;
  const imageInstanceUid = `2.25.${options.image ?? numberOf(id)}`;
  const contentDigest = createHash('sha256')
    .update(options.content ?? options.image ?? id)
    .digest('hex');
  const studyJson: Study = {
    studyInstanceUid: `2.25.${study}`,
    accessionNumber: null,
    patientId: 'SP-SAMPLE',
    deidentification: { profile: 'basic', profileRevision: revision },
  };
  const seriesJson: Series = { seriesInstanceUid: `2.25.${series}`, modality: 'CT' };
  const parts = Array.from({ length: frames }, (_, index) => {
    const image: Image = {
      imageInstanceUid,
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      height: 2,
      width: 2,
      rescaleSlope: 1,
      rescaleIntercept: 0,
      photometricInterpretation: 'MONOCHROME2',
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      frameNumber: index + 1,
      numberOfFrames: frames,
      contentType: 'image/jpeg',
      data: sampleJpeg(`${contentDigest}${revision}${index}`, padding).toString('base64'),
    };
    return Buffer.from(JSON.stringify(image));
  });
  const images: PreparedImages = { kind: 'memory', parts };
  return {
    instanceId: id,
    imageInstanceUid,
    studyInstanceUid: studyJson.studyInstanceUid,
    seriesInstanceUid: seriesJson.seriesInstanceUid,
    profileRevision: revision,
    contentDigest,
    contentKey: contentDigest,
    catalogue: anEntry(),
    study: Buffer.from(JSON.stringify(studyJson)),
    series: Buffer.from(JSON.stringify(seriesJson)),
    images,
    imagesBytes: parts.reduce((sum, part) => sum + part.length, 0),
  };
}

function numberOf(text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 16)}`).toString();
}

/** Begins and ends as a JPEG does; noise between, repeated beyond 64 KiB. */
export function sampleJpeg(seed: string, padding: number): Buffer {
  const noise: Buffer[] = [];
  for (let bytes = 0; bytes < Math.min(padding, 65_536); bytes += 32) {
    noise.push(createHash('sha256').update(`${seed}${bytes}`).digest());
  }
  const head = [0xff, 0xd8, 0xff, 0xe0, ...createHash('sha256').update(seed).digest().subarray(0, 4)];
  return Buffer.concat([
    Buffer.from(head),
    Buffer.alloc(padding, padding > 0 ? Buffer.concat(noise) : 0),
    Buffer.from([0xff, 0xd9]),
  ]);
}

export async function bodyOf(post: Post): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyChunks(post)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function sampleSettings(baseUrl: string, changes: Partial<BackendSettings> = {}): BackendSettings {
  return {
    baseUrl,
    timeoutMs: 5000,
    connectTimeoutMs: 2000,
    concurrency: 2,
    maxBodyBytes: 1024 * 1024,
    maxImagesPerPost: 50,
    gzip: false,
    auth: { kind: 'none' },
    retry: { initialMs: 100, maxMs: 1000 },
    breaker: { failures: 3, openMs: 100 },
    ...changes,
  };
}

/** A TCP peer that does with each connection what the test says; closed with the test. */
export async function tcpPeer(t: Test, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return `http://127.0.0.1:${address.port}`;
}
