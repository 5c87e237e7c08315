import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { scopes } from '../../core/scopes.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { tags } from '../../dicom/tags.ts';
import { firstText } from '../../dicom/values.ts';
import { ExampleBackend } from '../../example-backend/example-backend.ts';
import { Gateway, type GatewayPorts } from '../../gateway.ts';
import { builtDashboard } from '../../http/dashboard-files.ts';
import type { Subscriber } from '../../observe/emitter.ts';
import { openFileSource } from '../../pipeline/file-source.ts';
import { sendFiles } from '../../send/send-files.ts';
import { writeSyntheticStudy } from '../../synthetic/study.ts';
import { type Command, type CommandIo, untilSignal } from '../io.ts';
import { ProgressLine } from '../progress-line.ts';
import { makeToken } from './token.ts';

const marker = '.sallyport-demo';
const deadlineMs = 120_000;
const backendPort = 8090;
/** The demo's token opens everything; it is shown on a screen. */
const tokenLifeMs = 12 * 3_600_000;

/** Counts what becomes of the demo's instances, from the events everybody else hears too. */
class Outcomes {
  delivered = 0;
  held = 0;
  #changed: () => void = () => undefined;

  readonly subscriber: Subscriber = (name) => {
    if (name === 'instance.delivered') this.delivered += 1;
    else if (name === 'instance.held' || name === 'instance.failed') this.held += 1;
    else return;
    this.#changed();
  };

  async reach(total: number, onChange: () => void): Promise<void> {
    const timer = setTimeout(() => this.#changed(), deadlineMs);
    const startedAt = performance.now();
    while (this.delivered + this.held < total && performance.now() - startedAt < deadlineMs) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      onChange();
    }
    clearTimeout(timer);
  }
}

/**
 * The whole path on one machine: example backend, gateway on its defaults, a synthetic study sent over a real association.
 * Everything lands in one folder, made anew by each run. `--once` ends after the study; otherwise the gateway goes on until
 * a signal, ready for a real PACS, and the demo tells the dashboard's address and a token to sign in with.
 */
export const demoCommand: Command = async (args, io) => {
  const { values } = parseArgs({
    args,
    options: {
      once: { type: 'boolean', default: false },
      directory: { type: 'string', default: './demo-data' },
    },
  });
  const directory = prepareDirectory(values.directory);
  const say = (line = ''): void => void io.stdout.write(`${line}\n`);
  const received = join(directory, 'received');
  const backend = await startBackend(received);
  const outcomes = new Outcomes();
  const started = await startGateway(directory, backend.url, outcomes);
  const { gateway, ports, loaded } = started;
  const signal = untilSignal();
  try {
    say('Sallyport demo');
    say();
    say(
      `  gateway          ${loaded.config.dimse.aeTitle}@127.0.0.1:${ports.dimse}   health http://127.0.0.1:${ports.http}/readyz`,
    );
    say(`  example backend  ${backend.url}/v1/images/upload`);
    say();
    const files = await writeSyntheticStudy({
      directory: join(directory, 'study'),
      seed: `demo ${Date.now()}`,
    });
    const failed = await send(files, ports, io);
    const bar = new ProgressLine(io.stdout, 'delivered');
    await outcomes.reach(files.length - failed, () =>
      bar.show(outcomes.delivered + outcomes.held, files.length),
    );
    bar.end(outcomes.delivered, files.length);
    say();
    compare(files[0], received, say);
    tellWhereToLook(directory, received, started, say);
    if (failed > 0 || outcomes.delivered < files.length) {
      say(
        `${failed} of ${files.length} instances were not accepted and ${outcomes.held} are held: see sallyport list --storage ${join(directory, 'storage')}`,
      );
      return exitCodes.someRefused;
    }
    if (!values.once) {
      await tellOfDashboard(started, say);
      say('The gateway goes on running. Ctrl-C ends it.');
      await signal;
    }
    return exitCodes.ok;
  } finally {
    await gateway.stop();
    await backend.stop();
  }
};

/** Only a folder that an earlier demo made is emptied. */
function prepareDirectory(directory: string): string {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    if (!existsSync(join(directory, marker))) {
      throw new SallyportError('STORAGE_UNUSABLE', {
        detail: 'the demo folder holds other files; choose one with --directory',
      });
    }
    rmSync(directory, { recursive: true });
  }
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, marker), '');
  return directory;
}

async function startBackend(outputDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  for (const port of [backendPort, 0]) {
    const backend = new ExampleBackend({ port, host: '127.0.0.1', outputDir });
    try {
      const { url } = await backend.start();
      return { url, stop: () => backend.stop() };
    } catch (error) {
      if (port === 0) throw error;
    }
  }
  throw new SallyportError('ADDRESS_IN_USE');
}

interface StartedGateway {
  readonly gateway: Gateway;
  readonly ports: GatewayPorts;
  readonly loaded: LoadedConfig;
}

/** The default ports, or free ones where something else has them. */
async function startGateway(directory: string, baseUrl: string, outcomes: Outcomes): Promise<StartedGateway> {
  const base = ['--storage.dir', join(directory, 'storage'), '--backend.baseUrl', baseUrl];
  for (const args of [base, [...base, '--dimse.port', '0', '--http.port', '0']]) {
    const loaded = loadConfig({ environment: process.env, args });
    const gateway = new Gateway(loaded.config, {
      log: false,
      subscribers: [outcomes.subscriber],
      printable: loaded.printable,
    });
    try {
      return { gateway, ports: await gateway.start(), loaded };
    } catch (error) {
      if (args !== base || !(error instanceof SallyportError) || error.code !== 'ADDRESS_IN_USE') throw error;
    }
  }
  throw new SallyportError('ADDRESS_IN_USE');
}

async function send(files: readonly string[], ports: GatewayPorts, io: CommandIo): Promise<number> {
  const bar = new ProgressLine(io.stdout, 'sent by C-STORE');
  let sent = 0;
  let failed = 0;
  for await (const result of sendFiles(
    files,
    { aeTitle: 'SALLYPORT', host: '127.0.0.1', port: ports.dimse },
    { callingAeTitle: 'DEMO_PACS' },
  )) {
    if (result.outcome === 'sent' || result.outcome === 'warning') sent += 1;
    else failed += 1;
    bar.show(sent + failed, files.length);
  }
  bar.end(sent, files.length);
  return failed;
}

/** The same attributes before and after. The values before are invented: the study is synthetic. */
function compare(file: string | undefined, received: string, say: (line?: string) => void): void {
  const studyFile = find(received, 'study.json');
  if (file === undefined || studyFile === undefined) return;
  const opened = openFileSource(file);
  try {
    const { dataSet } = readPart10(opened);
    const study = JSON.parse(readFileSync(studyFile, 'utf8')) as Record<string, unknown>;
    const rows: [string, string | undefined, unknown][] = [
      ["Patient's Name", firstText(dataSet, tags.PatientName), 'not sent'],
      ['Patient ID', firstText(dataSet, tags.PatientID), study.patientId],
      ["Patient's Birth Date", firstText(dataSet, tags.PatientBirthDate), 'not sent'],
      ['Accession Number', firstText(dataSet, tags.AccessionNumber), study.accessionNumber],
      ['Study Date', firstText(dataSet, tags.StudyDate), study.studyDate],
      ['Study Instance UID', firstText(dataSet, tags.StudyInstanceUID), study.studyInstanceUid],
    ];
    say(`  ${'attribute'.padEnd(22)}${'the PACS sent (invented)'.padEnd(48)}the backend received`);
    for (const [name, before, after] of rows)
      say(`  ${name.padEnd(22)}${(before ?? '').padEnd(48)}${after ?? 'nothing'}`);
    say();
  } finally {
    opened.close();
  }
}

function find(directory: string, name: string): string | undefined {
  const entry = readdirSync(directory, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(name),
  );
  return entry === undefined ? undefined : join(directory, entry);
}

async function tellOfDashboard(
  { ports, loaded }: StartedGateway,
  say: (line?: string) => void,
): Promise<void> {
  const { text } = await makeToken(loaded.config.storage.dir, {
    name: 'demo',
    scopes,
    expiresInMs: tokenLifeMs,
  });
  say('Dashboard');
  say(`  open     http://127.0.0.1:${ports.http}/`);
  say(`  sign in  ${text}`);
  say('           (a token with all rights, good for 12 hours)');
  if (!existsSync(join(builtDashboard, 'index.html')))
    say('  It is not built: run npm run build:dashboard, then the demo again.');
  say();
}

function tellWhereToLook(
  directory: string,
  received: string,
  { ports, loaded }: StartedGateway,
  say: (line?: string) => void,
): void {
  const jpeg = find(received, '.jpg');
  const { host, aeTitle } = loaded.config.dimse;
  const addresses =
    host === '0.0.0.0'
      ? Object.values(networkInterfaces()).flatMap((list) =>
          (list ?? [])
            .filter(({ family, internal }) => family === 'IPv4' && !internal)
            .map(({ address }) => address),
        )
      : [host];
  say('Where to look');
  say(`  what the backend received   ${relative('.', received) || received} (JSON beside the JPEG files)`);
  if (jpeg !== undefined) say(`  one of the images           ${relative('.', jpeg)}`);
  say(`  what was sent               ${relative('.', join(directory, 'study'))}`);
  say(
    `  the spool                   ${relative('.', join(directory, 'storage'))} (originals are gone: they were delivered)`,
  );
  say(
    `  the configuration in use    npm run -s sallyport -- check --storage.dir ${relative('.', join(directory, 'storage'))}`,
  );
  say('  every option                config/README.md');
  say();
  say('To point a PACS here, add a DICOM destination');
  say(`  AE title ${aeTitle}, host ${addresses[0] ?? '127.0.0.1'}, port ${ports.dimse}`);
  say(`  or by hand: storescu -aec ${aeTitle} 127.0.0.1 ${ports.dimse} FILE.dcm`);
  say();
}
