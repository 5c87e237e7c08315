import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCtSeries } from '../src/synthetic/bulk.ts';
import {
  cpuSeconds,
  freePort,
  median,
  patienceSeconds,
  printTable,
  sallyport,
  start,
  startGateway,
  storescu,
  until,
} from './measure.ts';

/**
 * The whole path, from the first C-STORE to the last image at an HTTP backend: Sallyport with the example backend against
 * Orthanc with a Lua script that anonymises, renders JPEG, posts and deletes. Same files, same sender, taken in turn.
 *   node bench/path.ts [--instances 500] [--rounds 3]
 */
const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const instances = option('instances', 500);
const rounds = option('rounds', 3);
const warmUp = 100;

interface Round {
  readonly seconds: number;
  /** CPU of the gateway process alone, ms an instance. */
  readonly cpuMs: number;
}

async function sallyportRound(
  root: string,
  warm: readonly string[],
  files: readonly string[],
): Promise<Round> {
  const dir = mkdtempSync(join(root, 'sallyport-'));
  const backendPort = await freePort();
  const backend = sallyport(
    'example-backend',
    '--port',
    String(backendPort),
    '--output',
    join(dir, 'received'),
  );
  await until('the backend listens', () =>
    fetch(`http://127.0.0.1:${backendPort}/`).then(
      () => true,
      () => false,
    ),
  );
  const gateway = await startGateway(
    join(dir, 'storage'),
    `--backend.baseUrl=http://127.0.0.1:${backendPort}`,
  );
  try {
    const delivered = (): Promise<number> => gateway.metric('sallyport_delivered_images_total');
    await storescu(gateway.dimsePort, 'SALLYPORT', warm);
    await until('warm', async () => (await delivered()) >= warm.length);
    const before = cpuSeconds(gateway.pid);
    const began = performance.now();
    await storescu(gateway.dimsePort, 'SALLYPORT', files);
    await until('all are delivered', async () => (await delivered()) >= warm.length + files.length);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, cpuMs: ((cpuSeconds(gateway.pid) - before) * 1000) / files.length };
  } finally {
    await gateway.stop();
    await backend.stop();
    rmSync(dir, { recursive: true });
  }
}

/** Orthanc keeps what Lua posts in memory only; the sink counts and drops it, which is less than the example backend does. */
const script = (port: number): string => `
function OnStoredInstance(instanceId, tags, metadata)
  local anonymized = RestApiPost('/instances/' .. instanceId .. '/anonymize', '{}')
  local jpeg = RestApiGet('/instances/' .. instanceId .. '/rendered', false, { Accept = 'image/jpeg' })
  HttpPost('http://127.0.0.1:${port}/', jpeg, { ['Content-Type'] = 'image/jpeg' })
  RestApiDelete('/instances/' .. instanceId)
end
`;

async function orthancRound(root: string, warm: readonly string[], files: readonly string[]): Promise<Round> {
  const dir = mkdtempSync(join(root, 'orthanc-'));
  await mkdir(join(dir, 'db'));
  let posts = 0;
  let bytes = 0;
  const sink = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      posts += 1;
      response.end('{}');
    });
  });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const address = sink.address();
  const sinkPort = typeof address === 'object' && address !== null ? address.port : 0;
  const [dicom, http] = [await freePort(), await freePort()];
  await writeFile(join(dir, 'script.lua'), script(sinkPort));
  await writeFile(
    join(dir, 'orthanc.json'),
    JSON.stringify({
      StorageDirectory: join(dir, 'db'),
      IndexDirectory: join(dir, 'db'),
      Plugins: [],
      LuaScripts: [join(dir, 'script.lua')],
      DicomPort: dicom,
      HttpPort: http,
      DicomAlwaysAllowStore: true,
      AuthenticationEnabled: false,
      RemoteAccessAllowed: false,
      TcpNoDelay: true,
      // Its own 30 seconds end the association where the machine stands still for so long.
      DicomScpTimeout: patienceSeconds,
    }),
  );
  const orthanc = start('Orthanc', [join(dir, 'orthanc.json')]);
  await until('Orthanc answers', () =>
    fetch(`http://127.0.0.1:${http}/system`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  try {
    await storescu(dicom, 'ORTHANC', warm);
    await until('warm', () => posts >= warm.length);
    const before = cpuSeconds(orthanc.pid);
    const began = performance.now();
    await storescu(dicom, 'ORTHANC', files);
    await until('all are posted', () => posts >= warm.length + files.length);
    const seconds = (performance.now() - began) / 1000;
    if (bytes < files.length * 1000) throw new Error('Orthanc posted no images');
    return { seconds, cpuMs: ((cpuSeconds(orthanc.pid) - before) * 1000) / files.length };
  } finally {
    await orthanc.stop();
    sink.close();
    rmSync(dir, { recursive: true });
  }
}

const root = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
try {
  const files = await writeCtSeries({ directory: join(root, 'ct'), count: instances });
  // Both are measured as they run, not as they start: threads loaded, code compiled, caches filled.
  const warm = await writeCtSeries({ directory: join(root, 'warm'), count: warmUp, seed: 'warm' });
  const ours: Round[] = [];
  const theirs: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await sallyportRound(root, warm, files));
    theirs.push(await orthancRound(root, warm, files));
  }
  const row = (name: string, list: readonly Round[]): (string | number)[] => {
    const seconds = median(list.map((round) => round.seconds));
    return [
      name,
      seconds.toFixed(2),
      (instances / seconds).toFixed(0),
      median(list.map((round) => round.cpuMs)).toFixed(1),
    ];
  };
  const ratio = median(theirs.map((round, index) => round.seconds / (ours[index]?.seconds ?? Number.NaN)));
  printTable(
    `Whole path, ${instances} CT of 0.5 MB, one association, median of ${rounds}`,
    ['', 'seconds', 'instances/s', 'CPU ms an instance'],
    [
      row('Sallyport, example backend', ours),
      row('Orthanc, Lua, counting sink', theirs),
      ['**ratio of rates**', '', `**${ratio.toFixed(2)}**`, ''],
    ],
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
