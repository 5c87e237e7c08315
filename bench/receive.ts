import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFileMeta } from '../src/dicom/file-meta.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../src/dicom/uids.ts';
import { Listener } from '../src/receive/listener.ts';
import { FileBlobStore } from '../src/spool/blobs-files.ts';
import type { Intake } from '../src/spool/intake.ts';
import { SqliteLedger } from '../src/spool/ledger-sqlite.ts';
import { Spool } from '../src/spool/spool.ts';

/**
 * Receiving alone against DCMTK's storescp (which does not fsync), the same files, one run.
 *   node bench/receive.ts [--instances 500] [--rounds 3] [--intake discard,fsync,spool] [--associations 1,4]
 */

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const instances = Number(option('instances', '500'));
const rounds = Number(option('rounds', '3'));
const intakes = option('intake', 'discard,fsync,spool').split(',');
const associationCounts = option('associations', '1,4').split(',').map(Number);
const CT = '1.2.840.10008.5.1.4.1.1.2';
const scuOptions = ['--max-pdu', '131072', '-aec', 'SALLYPORT'];
const environment = { ...process.env, TCP_NODELAY: '1' };

function element(group: number, number: number, vr: string, value: Buffer): Buffer {
  const long = vr === 'OW';
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

function uid(text: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
}

/** CT files of 0.5 MB with random pixels, one folder per association. */
async function makeFiles(root: string, folders: number): Promise<string[]> {
  const pixels = randomBytes(512 * 512 * 2);
  const paths = Array.from({ length: folders }, (_, index) => join(root, `files-${folders}-${index}`));
  for (const path of paths) await mkdir(path, { recursive: true });
  for (let index = 0; index < instances; index++) {
    const sopInstanceUid = `2.25.${index + 1}.${folders}`;
    const meta = { sopClassUid: CT, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
    pixels.writeUInt32LE(index, 0);
    const bytes = Buffer.concat([
      encodeFileMeta(meta),
      element(8, 0x16, 'UI', uid(CT)),
      element(8, 0x18, 'UI', uid(sopInstanceUid)),
      element(0x20, 0x0d, 'UI', uid('2.25.1')),
      element(0x20, 0x0e, 'UI', uid('2.25.2')),
      element(0x7fe0, 0x10, 'OW', pixels),
    ]);
    await writeFile(join(paths[index % folders] ?? root, `${index}.dcm`), bytes);
  }
  return paths;
}

/** Sends every folder over its own association, all at once; milliseconds. */
async function send(folders: readonly string[], port: number): Promise<number> {
  const began = performance.now();
  await Promise.all(
    folders.map(async (folder) => {
      const files = (await readdir(folder)).map((name) => join(folder, name));
      const child = spawn('storescu', [...scuOptions, '127.0.0.1', String(port), ...files], {
        env: environment,
      });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`storescu ended with ${code}`);
    }),
  );
  return performance.now() - began;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function withStorescp(root: string, folders: readonly string[]): Promise<number> {
  const port = await freePort();
  const out = await mkdtemp(join(root, 'scp-'));
  const fork = folders.length > 1 ? ['--fork'] : [];
  const child = spawn('storescp', [...fork, '--max-pdu', '131072', '-od', out, String(port)], {
    env: environment,
    stdio: 'ignore',
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  try {
    return await send(folders, port);
  } finally {
    child.kill();
    await once(child, 'close');
    await rm(out, { recursive: true });
  }
}

function discard(): Intake {
  let count = 0;
  return {
    hasRoom: () => true,
    begin: async () => {
      const id = String(++count);
      return {
        id,
        write: async () => undefined,
        commit: async () => ({ kind: 'stored', id }),
        abort: async () => undefined,
      };
    },
  };
}

/** Write and flush of the file alone: no rename, no directory, no ledger. */
function writeAndSync(folder: string): Intake {
  let count = 0;
  return {
    hasRoom: () => true,
    begin: async (_origin, head) => {
      const id = String(++count);
      const file = await open(join(folder, id), 'w');
      await file.write(head);
      return {
        id,
        write: async (chunk) => {
          await file.write(chunk);
        },
        commit: async () => {
          await file.datasync();
          await file.close();
          return { kind: 'stored', id };
        },
        abort: async () => file.close(),
      };
    },
  };
}

async function openIntake(name: string, folder: string): Promise<{ intake: Intake; close(): Promise<void> }> {
  if (name === 'discard') return { intake: discard(), close: async () => undefined };
  if (name === 'fsync') return { intake: writeAndSync(folder), close: async () => undefined };
  const ledger = await SqliteLedger.open(folder);
  const blobs = new FileBlobStore(folder);
  const spool = new Spool({
    dir: folder,
    reserveBytes: 0,
    duplicateContent: 'hold',
    ledger,
    blobs,
    instanceKeySecret: randomBytes(32),
    keepDeliveredMs: 0,
    emit: () => undefined,
    now: Date.now,
  });
  await spool.start();
  return {
    intake: spool,
    close: async () => {
      await spool.stop();
      await ledger.close();
    },
  };
}

async function withListener(root: string, name: string, folders: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(root, 'in-'));
  const { intake, close } = await openIntake(name, folder);
  const listener = new Listener(
    {
      host: '127.0.0.1',
      port: 0,
      aeTitle: 'SALLYPORT',
      requireCalledAeTitle: false,
      callingPeers: [],
      allowedAddresses: [],
      maxAssociations: 16,
      maxAssociationsPerPeer: 16,
      maxPduBytes: 131_072,
      maxInstanceBytes: 4 * 1024 ** 3,
      associationRequestTimeoutMs: 5_000,
      idleTimeoutMs: 30_000,
      acceptUnknownSopClasses: false,
    },
    { intake, emit: () => undefined, now: Date.now },
  );
  const { port } = await listener.start();
  try {
    return await send(folders, port);
  } finally {
    await listener.stop(1_000);
    await close();
    await rm(folder, { recursive: true });
  }
}

const root = await mkdtemp(join(tmpdir(), 'sallyport-receive-'));
try {
  for (const associations of associationCounts) {
    const folders = await makeFiles(root, associations);
    const times = new Map<string, number[]>();
    const note = (name: string, ms: number): void => {
      times.set(name, [...(times.get(name) ?? []), ms]);
    };
    for (let round = 0; round < rounds; round++) {
      note('storescp', await withStorescp(root, folders));
      for (const name of intakes) note(name, await withListener(root, name, folders));
    }
    const median = (name: string): number => {
      const sorted = (times.get(name) ?? []).toSorted((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    };
    for (const name of times.keys()) {
      const rate = (instances / median(name)) * 1000;
      const ratio = median('storescp') / median(name);
      console.log(
        `${associations} association(s)  ${name.padEnd(9)} ${rate.toFixed(0).padStart(6)} instances/s  ` +
          `${ratio.toFixed(2)} of storescp`,
      );
    }
    for (const folder of folders) await rm(folder, { recursive: true });
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
