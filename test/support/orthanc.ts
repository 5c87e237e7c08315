import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { peerProgram, peers } from './peers.ts';
import { type Daemon, freePort, startDaemon, waitFor } from './run.ts';

export interface OrthancOptions {
  /** Modalities by symbolic name: where `store` sends to. */
  readonly modalities?: Readonly<Record<string, { aeTitle: string; port: number; host?: string }>>;
  readonly aeTitle?: string;
  /** A Lua script, for automation such as OnStoredInstance. */
  readonly luaScript?: string;
  /** Further keys of Orthanc's configuration. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

export interface StoreResult {
  /** HTTP status of Orthanc's answer: 200 when every instance was answered with Success or a warning. */
  readonly httpStatus: number;
  /** DIMSE status that ended the job, where Orthanc tells it. */
  readonly dimseStatus: number | undefined;
}

export interface Orthanc extends Daemon {
  readonly dicomPort: number;
  readonly httpPort: number;
  /** Stores one file; returns Orthanc's id of the instance, or undefined where Orthanc refuses the file. */
  upload(path: string): Promise<string | undefined>;
  /** C-STORE of resources (any level) to a modality over one association; Orthanc stops at the first refusal. */
  store(modality: string, ids: readonly string[]): Promise<StoreResult>;
  /** The same, each by itself, so that a refusal is told per instance. The result stands at the id's place. */
  storeEach(modality: string, ids: readonly string[]): Promise<StoreResult[]>;
  instances(): Promise<string[]>;
  /** The stored file of an instance. */
  file(id: string): Promise<Uint8Array>;
  remove(id: string): Promise<void>;
  echo(modality: string): Promise<boolean>;
  rest(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Configuration with the DICOMweb plug-in and the servers it knows; wants the peer `OrthancDicomWeb`. */
export function orthancDicomWeb(
  servers: Readonly<
    Record<string, { readonly Url: string; readonly HttpHeaders?: Readonly<Record<string, string>> }>
  >,
): Readonly<Record<string, unknown>> {
  return {
    Plugins: peers.OrthancDicomWeb.files,
    DicomWeb: { Enable: true, Servers: servers },
  };
}

/**
 * Orthanc in its own temporary folder on free ports, answering on loopback, no plug-ins unless configured, every SOP class and transfer
 * syntax accepted, nothing transcoded. Resolves when its REST API answers; stopped and removed when the test ends.
 */
export async function startOrthanc(t: Test, options: OrthancOptions = {}): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-orthanc-'));
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const dicomPort = await freePort();
  const httpPort = await freePort();
  const configuration = join(folder, 'orthanc.json');
  await mkdir(join(folder, 'storage'));
  const luaScripts: string[] = [];
  if (options.luaScript !== undefined) {
    luaScripts.push(join(folder, 'script.lua'));
    await writeFile(join(folder, 'script.lua'), options.luaScript);
  }
  await writeFile(configuration, JSON.stringify(settings(folder, dicomPort, httpPort, luaScripts, options)));
  const daemon = startDaemon(t, peerProgram('Orthanc'), [configuration], folder);
  const rest = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`http://127.0.0.1:${httpPort}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
  await waitFor(
    'Orthanc answers',
    () =>
      rest('GET', '/system').then(
        (answer) => answer.ok,
        () => false,
      ),
    daemon,
  );
  return { ...daemon, dicomPort, httpPort, rest, ...calls(rest) };
}

function calls(
  rest: Orthanc['rest'],
): Pick<Orthanc, 'upload' | 'store' | 'storeEach' | 'instances' | 'file' | 'remove' | 'echo'> {
  const store: Orthanc['store'] = async (modality, ids) => {
    // Never "Permissive": Orthanc 1.10 then answers 200 and no failures even where the peer refused every instance.
    const job = { Resources: ids, Synchronous: true, Timeout: 60 };
    const answer = await rest('POST', `/modalities/${modality}/store`, job);
    const status = /DIMSE status 0x([0-9A-Fa-f]{4})/.exec(await answer.text())?.[1];
    return {
      httpStatus: answer.status,
      dimseStatus: status === undefined ? undefined : Number.parseInt(status, 16),
    };
  };
  return {
    async upload(path) {
      const answer = await rest('POST', '/instances', await readFile(path));
      const body = (await answer.json()) as { ID?: string };
      return answer.ok ? body.ID : undefined;
    },
    store,
    async storeEach(modality, ids) {
      const results: StoreResult[] = [];
      for (const id of ids) results.push(await store(modality, [id]));
      return results;
    },
    instances: async () => (await (await rest('GET', '/instances')).json()) as string[],
    file: async (id) => new Uint8Array(await (await rest('GET', `/instances/${id}/file`)).arrayBuffer()),
    async remove(id) {
      await (await rest('DELETE', `/instances/${id}`)).text();
    },
    async echo(modality) {
      const answer = await rest('POST', `/modalities/${modality}/echo`, {});
      await answer.text();
      return answer.ok;
    },
  };
}

function settings(
  folder: string,
  dicomPort: number,
  httpPort: number,
  luaScripts: readonly string[],
  options: OrthancOptions,
): Record<string, unknown> {
  const modalities = Object.entries(options.modalities ?? {}).map(([name, { aeTitle, port, host }]) => [
    name,
    { AET: aeTitle, Host: host ?? '127.0.0.1', Port: port, AllowTranscoding: false },
  ]);
  return {
    Name: 'test',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'storage'),
    StorageCompression: false,
    Plugins: [],
    LuaScripts: luaScripts,
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomServerEnabled: true,
    DicomAet: options.aeTitle ?? 'ORTHANC',
    DicomPort: dicomPort,
    DicomCheckCalledAet: false,
    DicomAlwaysAllowEcho: true,
    DicomAlwaysAllowStore: true,
    UnknownSopClassAccepted: true,
    AcceptedTransferSyntaxes: ['1.2.840.10008.1.*'],
    DicomModalities: Object.fromEntries(modalities),
    DicomScuTimeout: 30,
    DicomScpTimeout: 30,
    OverwriteInstances: true,
    SaveJobs: false,
    HttpVerbose: false,
    ...options.configuration,
  };
}
