import t, { type Test } from 'tap';
import { sendFiles } from '../../src/send/send-files.ts';
import { type CorpusFile, corpusFiles, corpusMissing, orthancCrashers } from '../support/corpus.ts';
import { dcmsend, echoscu, storescu } from '../support/dcmtk.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { requirePeer } from '../support/peers.ts';

/** storescu sends compressed instances only when told which transfer syntax to propose. */
const storescuOption: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2': '-xi',
  '1.2.840.10008.1.2.1': '-xe',
  '1.2.840.10008.1.2.2': '-xb',
  '1.2.840.10008.1.2.1.99': '-xd',
  '1.2.840.10008.1.2.4.50': '-xy',
  '1.2.840.10008.1.2.4.51': '-xx',
  '1.2.840.10008.1.2.4.70': '-xs',
  '1.2.840.10008.1.2.4.80': '-xt',
  '1.2.840.10008.1.2.4.81': '-xu',
  '1.2.840.10008.1.2.4.90': '-xv',
  '1.2.840.10008.1.2.4.91': '-xw',
  '1.2.840.10008.1.2.4.100': '-xm',
  '1.2.840.10008.1.2.5': '-xr',
};

/** Text is searched for once, in the first test; those behind it ask whether what other senders send arrives. */
const heldText = { args: [`--deidentify.profile=${holdProfile}`] };

interface Tally {
  /** Instances answered with 0x0000. */
  readonly accepted: number;
  /** Files the sender itself would not send, or the gateway refused with a status. */
  readonly refused: number;
}

/** Every instance that got Success is one row or a duplicate of one, and each row ends delivered or held with a code. */
async function account(t: Test, gateway: RunningGateway, { accepted, refused }: Tally): Promise<void> {
  await gateway.settled();
  const records = await gateway.records();
  const duplicates = gateway.count('instance.duplicate');
  t.equal(records.length + duplicates, accepted, 'every Success has its row');
  const tally: Record<string, number> = {};
  for (const { state, code } of records) {
    tally[code === null ? state : `${state} ${code}`] =
      (tally[code === null ? state : `${state} ${code}`] ?? 0) + 1;
    t.ok(state === 'delivered' || (state === 'held' && code !== null), `${state} ${code ?? ''}`);
    t.notMatch(
      code,
      /UNEXPECTED|WORKER_CRASHED|RENDER_TIMEOUT|DEIDENTIFICATION_FAILED/,
      'held for a reason of its own',
    );
  }
  const delivered = records.filter(({ state }) => state === 'delivered').length;
  const images = await gateway.images();
  // Two revisions of one SOP Instance UID share a name at the backend; the configuration holds the second.
  t.equal(images.length, delivered, 'the backend has each delivered instance once');
  for (const { jpegPaths, description } of images)
    t.equal(jpegPaths.length, description.numberOfFrames ?? 1, 'with every frame');
  t.equal(gateway.count('worker.replaced'), 0, 'no worker thread was lost');
  t.comment(
    `${accepted} accepted, ${duplicates} of them duplicates, ${refused} refused: ${JSON.stringify(tally)}`,
  );
}

t.test(
  'every file of the corpus sent by our own sender is accounted for',
  { skip: corpusMissing },
  async (t) => {
    const gateway = await startGateway(t);
    const files = corpusFiles();
    let accepted = 0;
    let refused = 0;
    for await (const { outcome, path, statusText } of sendFiles(
      files.map(({ path }) => path),
      { aeTitle: 'SALLYPORT', host: '127.0.0.1', port: gateway.dimsePort },
    )) {
      if (outcome === 'sent' || outcome === 'warning') accepted += 1;
      else refused += 1;
      t.not(outcome, 'failed', `${path.split('/').pop()}: ${statusText}`);
    }
    t.equal(accepted + refused, files.length);
    t.ok(accepted > 90, 'most of the corpus is accepted');
    await account(t, gateway, { accepted, refused });
    t.ok(gateway.count('instance.delivered') > 15, 'a good part is delivered');
  },
);

t.test('DCMTK sends the corpus, file by file with storescu', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'storescu')) return;
  const gateway = await startGateway(t, heldText);
  let accepted = 0;
  let refused = 0;
  for (const { path, transferSyntaxUid } of corpusFiles()) {
    const option = storescuOption[transferSyntaxUid];
    const result = await storescu({ port: gateway.dimsePort, args: option === undefined ? [] : [option] }, [
      path,
    ]);
    const before = accepted;
    if (result.exitCode === 0) accepted += 1;
    else refused += 1;
    t.ok(accepted > before || refused > 0);
  }
  await account(t, gateway, {
    accepted: gateway.count('instance.received') + gateway.count('instance.duplicate'),
    refused,
  });
  t.ok(accepted > 60, `${accepted} accepted`);
});

t.test('DCMTK sends the corpus in one run of dcmsend', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'dcmsend')) return;
  const gateway = await startGateway(t, heldText);
  const files = corpusFiles().filter(readableByDcmtk);
  const result = await dcmsend(
    { port: gateway.dimsePort, args: ['--no-halt', '--no-uid-checks'] },
    files.map(({ path }) => path),
  );
  t.ok(
    gateway.count('instance.received') > 60,
    `${gateway.count('instance.received')} received, dcmsend ended with ${result.exitCode}`,
  );
  await account(t, gateway, {
    accepted: gateway.count('instance.received') + gateway.count('instance.duplicate'),
    refused: 0,
  });
});

/** dcmsend gives up before it starts where a file is no DICOM to it. */
function readableByDcmtk({ row }: CorpusFile): boolean {
  return row.dcmftest === 'yes';
}

t.test('Orthanc as the PACS sends the corpus', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'Orthanc')) return;
  const gateway = await startGateway(t, heldText);
  const orthanc = await startOrthanc(t, {
    modalities: { sallyport: { aeTitle: 'SALLYPORT', port: gateway.dimsePort } },
  });
  t.equal(await orthanc.echo('sallyport'), true, 'C-ECHO');
  const ids = new Set<string>();
  const statuses = new Map<string, number>();
  for (const { path, name } of corpusFiles()) {
    // Orthanc itself does not survive these.
    if (orthancCrashers.includes(name)) continue;
    const id = await orthanc.upload(path);
    if (id === undefined) continue;
    ids.add(id);
    for (const { dimseStatus } of await orthanc.storeEach('sallyport', [id])) {
      const word = dimseStatus === undefined ? 'accepted' : `0x${dimseStatus.toString(16)}`;
      statuses.set(word, (statuses.get(word) ?? 0) + 1);
    }
  }
  t.ok(ids.size > 60, `${ids.size} instances in Orthanc, answered ${JSON.stringify([...statuses])}`);
  const refused = gateway.count('instance.refused');
  await account(t, gateway, {
    accepted: gateway.count('instance.received') + gateway.count('instance.duplicate'),
    refused,
  });
  t.ok(gateway.count('instance.received') > 55, `${gateway.count('instance.received')} received`);
});

t.test('echoscu gets its answer, a wrong AE title its reason', async (t) => {
  if (!requirePeer(t, 'echoscu')) return;
  const gateway = await startGateway(t, heldText);
  t.equal((await echoscu({ port: gateway.dimsePort })).exitCode, 0);
  const wrong = await echoscu({ port: gateway.dimsePort, calledAeTitle: 'ELSEWHERE' });
  t.not(wrong.exitCode, 0);
  t.match(wrong.output, /Called AE Title Not Recognized/i);
});
