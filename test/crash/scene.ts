import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { readPseudonymSecret } from '../../src/config/secret-file.ts';
import type { InstanceRecord, InstanceState } from '../../src/core/instance.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import { ExampleBackend, type ExampleBackendOptions } from '../../src/example-backend/example-backend.ts';
import { sendFiles } from '../../src/send/send-files.ts';
import { openForOperations } from '../../src/spool/operations.ts';
import { provenTrail } from '../spool/proven-trail.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { waitFor } from '../support/run.ts';
import { type ChildOptions, type GatewayChild, startGatewayChild } from './gateway-child.ts';
import { Recorder } from './recorder.ts';
import { type InstanceCounts, type TestInstance, writeInstances } from './test-instances.ts';

/** Configuration of every gateway here: small limits, so that little work meets all of them, and short waits. */
const commonArgs = [
  '--dimse.host=127.0.0.1',
  '--dimse.port=0',
  '--http.port=0',
  '--storage.reserve=1MiB',
  '--workers=2',
  '--pipeline.groupingWindow=40ms',
  '--backend.maxImagesPerPost=3',
  '--backend.retryInitial=30ms',
  '--backend.retryMax=200ms',
  '--backend.breakerOpen=50ms',
  // Ultrasound is held, so that something is.
  `--deidentify.profile=${holdProfile}`,
];

export interface SceneOptions {
  readonly args?: readonly string[];
  readonly backend?: Partial<ExampleBackendOptions>;
}

/** A backend that outlives its gateways, the storage folder they take turns on, and what was sent so far. */
export class Scene {
  readonly storageDir: string;
  readonly receivedDir: string;
  readonly recorder: Recorder;
  readonly backend: ExampleBackend;
  /** Everything that was ever tried to be sent. */
  readonly instances: TestInstance[] = [];
  /** Paths of those answered with 0x0000. */
  readonly accepted = new Set<string>();
  /** How often the backend stored an image, by UID and frame. */
  readonly stored: Map<string, number>;
  starts = 0;
  kills = 0;
  readonly #t: Test;
  readonly #directory: string;
  readonly #args: readonly string[];
  #lastRefusal = '';

  private constructor(
    t: Test,
    options: SceneOptions,
    parts: {
      directory: string;
      backend: ExampleBackend;
      recorder: Recorder;
      stored: Map<string, number>;
    },
  ) {
    this.#t = t;
    this.#directory = parts.directory;
    this.storageDir = join(parts.directory, 'storage');
    this.receivedDir = join(parts.directory, 'received');
    this.backend = parts.backend;
    this.recorder = parts.recorder;
    this.stored = parts.stored;
    this.#args = [
      // An option of the test takes the place of the common one.
      ...commonArgs.filter((arg) => !options.args?.some((own) => own.split('=')[0] === arg.split('=')[0])),
      `--storage.dir=${this.storageDir}`,
      `--backend.baseUrl=${parts.recorder.url}`,
      ...(options.args ?? []),
    ];
  }

  static async open(t: Test, options: SceneOptions = {}): Promise<Scene> {
    const directory = t.testdir();
    const stored = new Map<string, number>();
    const backend = new ExampleBackend({
      port: 0,
      host: '127.0.0.1',
      outputDir: join(directory, 'received'),
      onStored: ({ images }) => {
        for (const { imageInstanceUid, frameNumber } of images) {
          const image = `${imageInstanceUid} ${frameNumber}`;
          stored.set(image, (stored.get(image) ?? 0) + 1);
        }
      },
      ...options.backend,
    });
    const { port } = await backend.start();
    const recorder = new Recorder(port);
    await recorder.start();
    t.teardown(async () => {
      await recorder.stop();
      await backend.stop();
    });
    return new Scene(t, options, { directory, backend, recorder, stored });
  }

  start(options: Omit<ChildOptions, 'args'> & { readonly args?: readonly string[] } = {}): GatewayChild {
    this.starts += 1;
    return startGatewayChild(this.#t, { ...options, args: [...this.#args, ...(options.args ?? [])] });
  }

  write(counts: InstanceCounts): TestInstance[] {
    const made = writeInstances(join(this.#directory, 'sent'), counts);
    this.instances.push(...made);
    return made;
  }

  /** Instances that have no Success yet. */
  unaccepted(): TestInstance[] {
    return this.instances.filter(({ path }) => !this.accepted.has(path));
  }

  /** Sends over several associations at once, as far as the gateway lives; notes what got Success. */
  async send(instances: readonly TestInstance[], port: number, associations = 3): Promise<void> {
    const shares = Array.from({ length: associations }, (_, share) =>
      instances.filter((_instance, index) => index % associations === share),
    );
    await Promise.all(
      shares.map(async (share) => {
        const paths = share.map(({ path }) => path);
        const target = { aeTitle: 'SALLYPORT', host: '127.0.0.1', port };
        for await (const { path, outcome, code, statusText } of sendFiles(paths, target)) {
          if (outcome === 'sent') this.accepted.add(path);
          else this.#lastRefusal = `${outcome} ${code ?? ''} ${statusText}`;
        }
      }),
    );
  }

  /** Sends again what has no Success, to a gateway that is expected to live, until all has. */
  async sendAll(port: number): Promise<void> {
    const sent = async (): Promise<boolean> => {
      await this.send(this.unaccepted(), port);
      return this.unaccepted().length === 0;
    };
    await waitFor('every instance is answered with Success', sent, { output: () => this.#lastRefusal });
  }

  async records(states?: readonly InstanceState[]): Promise<readonly InstanceRecord[]> {
    const opened = await openForOperations(this.storageDir);
    try {
      return await opened.ledger.list({ limit: 100_000, ...(states === undefined ? {} : { states }) });
    } finally {
      await opened.close();
    }
  }

  /** Resolves when nothing is on its way any more and what was delivered has left the disk. */
  async settled(child: GatewayChild, timeoutMs = 90_000): Promise<void> {
    const idle = async (): Promise<boolean> => {
      if ((await this.records(['received', 'prepared'])).length > 0) return false;
      const kept = await this.records(['held', 'failed']);
      return this.blobs().length === kept.length;
    };
    await waitFor('everything is delivered or held', idle, { timeoutMs, output: child.output });
  }

  /** Ids of the blobs in storage. */
  blobs(): string[] {
    return filesBelow(join(this.storageDir, 'blobs'));
  }

  /**
   * Holds everything against everything: each instance that got Success is delivered once, each frame under one key, or
   * held with its code; one key, one body; nothing left over on the disk; the ledger's sums are right. `regrouped`: posts
   * were refused and taken apart, so an image may have been sent under two keys, though stored under one. `live`: the
   * gateway runs, with some empty files made ahead.
   */
  async verify(
    t: Test,
    options: { readonly regrouped?: boolean; readonly live?: boolean } = {},
  ): Promise<void> {
    t.strictSame(this.unaccepted(), [], 'every instance got Success in the end');
    const records = await this.records();
    const inState = (state: InstanceState) => records.filter((record) => record.state === state);
    const wanted = this.instances.filter(({ deliverable }) => deliverable);
    t.equal(records.length, this.instances.length, 'one row an instance');
    t.equal(inState('delivered').length, wanted.length, `${wanted.length} instances are delivered`);
    const held = inState('held');
    t.equal(held.length, this.instances.length - wanted.length, `${held.length} are held`);
    t.strictSame(
      records
        .filter(({ state, code }) => state !== 'delivered' && code !== 'BURNED_IN_TEXT_RISK')
        .map(({ state, code, detail, attempts }) => ({ state, code, detail, attempts })),
      [],
      'and nothing else came of any',
    );

    const pseudonyms = createPseudonyms(
      readPseudonymSecret({ secret: '', secretFile: '' }, this.storageDir).bytes,
    );
    const expected = wanted.flatMap(({ sopInstanceUid, frames }) =>
      Array.from({ length: frames }, (_, index) => `${pseudonyms.uid(sopInstanceUid)} ${index + 1}`),
    );
    const times = (image: string): number => this.stored.get(image) ?? 0;
    t.strictSame(
      {
        lost: expected.filter((image) => times(image) === 0),
        doubled: expected.filter((image) => times(image) > 1),
        unexpected: [...this.stored.keys()].filter((image) => !expected.includes(image)),
        severalBodies: [...this.recorder.bodies].filter(([, bodies]) => bodies.size > 1),
        severalKeys: [...this.recorder.keysOfImage].filter(
          ([, keys]) => keys.size > 1 && options.regrouped !== true,
        ),
      },
      { lost: [], doubled: [], unexpected: [], severalBodies: [], severalKeys: [] },
      `${expected.length} frames are at the backend, each once, under one key with one body`,
    );
    t.equal(jpegsBelow(this.receivedDir), expected.length, 'and on its disk');

    const incoming = filesBelow(join(this.storageDir, 'incoming'), options.live === true ? 1 : 0);
    t.strictSame(incoming, [], 'nothing half-received is left');
    t.strictSame(filesBelow(join(this.storageDir, 'scratch')), [], 'no output is left');
    t.strictSame(
      this.blobs().sort(),
      held.map(({ id }) => id).sort(),
      'only the bytes of held instances are left',
    );
    await this.#verifySums(t, records);
    this.#verifyTrail(t, records);
  }

  /** The audit trail is one chain, and says of each instance what its row says. */
  #verifyTrail(t: Test, records: readonly InstanceRecord[]): void {
    const trail = provenTrail(this.storageDir);
    t.equal(trail.fault, null, 'the audit trail is whole');
    const lastState = new Map<string, string>();
    for (const { action, object } of trail.records)
      if (['instance.delivered', 'instance.held', 'instance.failed'].includes(action))
        lastState.set(object.id, action.slice('instance.'.length));
    t.strictSame(
      records.filter(({ id, state }) => lastState.get(id) !== state).map(({ id, state }) => ({ id, state })),
      [],
      'and says of each instance what its row says',
    );
  }

  async #verifySums(t: Test, records: readonly InstanceRecord[]): Promise<void> {
    const opened = await openForOperations(this.storageDir);
    try {
      for (const [state, { instances, bytes }] of Object.entries(await opened.ledger.counts())) {
        const rows = records.filter((record) => record.state === state);
        const sum = rows.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
        if (instances !== rows.length || bytes !== sum) t.fail(`the ledger's sums of ${state} are wrong`);
      }
    } finally {
      await opened.close();
    }
  }
}

/** Names of the files of at least `minBytes`, without ending. */
function filesBelow(directory: string, minBytes = 0): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && sizeNow(join(entry.parentPath, entry.name)) >= minBytes)
    .map(({ name }) => name.replace(/\.dcm$/, ''));
}

function jpegsBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.jpg') && sizeNow(join(directory, path)) > 0,
  ).length;
}

/** Size of a file, or -1 where it is gone: a running gateway removes files between the listing and the look. */
function sizeNow(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}
