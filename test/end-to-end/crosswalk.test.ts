import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { createSecretFile, readSecretFile } from '../../src/config/secret-file.ts';
import type { IdentifierPair } from '../../src/core/identifier-pair.ts';
import { CrosswalkStore, damagedRow } from '../../src/crosswalk/crosswalk-store.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { firstText } from '../../src/dicom/values.ts';
import { Gateway } from '../../src/gateway.ts';
import { sendFiles } from '../../src/send/send-files.ts';
import { writeSyntheticStudy } from '../../src/synthetic/study.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

async function send(
  gateway: RunningGateway,
  paths: readonly string[],
  callingAeTitle = 'PACS',
): Promise<void> {
  const target = { host: '127.0.0.1', port: gateway.dimsePort, aeTitle: 'SALLYPORT' };
  for await (const result of sendFiles(paths, target, { callingAeTitle })) {
    if (result.outcome !== 'sent') throw new Error(result.statusText);
  }
}

function keys(t: Test) {
  const directory = t.testdir({ keys: {} });
  const at = (name: string): string => join(directory, 'keys', name);
  for (const name of ['one', 'two', 'crosswalk']) createSecretFile(at(name));
  const idOf = (name: string): string => createPseudonyms(readSecretFile(at(name))).keyId;
  return { directory, at, idOf };
}

/** A start that is to fail: nothing has to be stopped after it. */
async function start(storageDir: string, args: readonly string[]): Promise<unknown> {
  const presets = [
    '--dimse.host=127.0.0.1',
    '--dimse.port=0',
    '--http.port=0',
    `--storage.dir=${storageDir}`,
  ];
  const { config } = loadConfig({ environment: {}, args: [...presets, ...args] });
  return await new Gateway(config, { log: false }).start();
}

function recorded(dir: string, keyFile: string): IdentifierPair[] {
  const store = new CrosswalkStore(dir, readSecretFile(keyFile), 'read');
  try {
    return [...store.pairs()].filter((pair) => pair !== damagedRow);
  } finally {
    store.close();
  }
}

const valueIn = (path: string, tag: number): string =>
  firstText(readPart10(memorySource(readFileSync(path))).dataSet, tag)?.trim() ?? '';

t.test(
  'every image the backend has can be followed back by the crosswalk, and by nothing beside it',
  async (t) => {
    const { directory, at } = keys(t);
    const gateway = await startGateway(t, {
      directory,
      args: [`--deidentify.secretFile=${at('one')}`, `--crosswalk.keyFile=${at('crosswalk')}`],
    });
    const sent = await writeSyntheticStudy({
      seed: 'crosswalk',
      images: 3,
      size: 64,
      directory: join(directory, 'sent'),
    });
    await send(gateway, sent);
    await gateway.settled();
    const dir = join(gateway.storageDir, 'crosswalk');
    const pairs = recorded(dir, at('crosswalk'));
    const olds = new Map(pairs.map(({ idNew, idOld }) => [idNew, idOld]));
    const images = await gateway.images();
    t.ok(images.length >= 5, `${images.length} images`);
    const sentUids = sent.map((path) => valueIn(path, 0x00080018));
    for (const { imageInstanceUid } of images) t.ok(sentUids.includes(olds.get(imageInstanceUid) ?? ''));
    const patient = pairs.filter(({ kind }) => kind === 'patient-id');
    t.same([...new Set(patient.map(({ idOld }) => idOld))], [valueIn(sent[0] ?? '', 0x00100020)]);
    const files = readdirSync(dir).map((name) => readFileSync(join(dir, name)));
    for (const identifier of [...sentUids, ...patient.map(({ idOld }) => idOld)]) {
      t.notOk(files.some((bytes) => bytes.includes(identifier)));
    }
    await gateway.stop();
    for (const [key, detail] of [
      [at('two'), 'another key'],
      [at('one'), 'the key is a pseudonym secret'],
      [join(gateway.storageDir, 'key'), 'the key lies beside what it encrypts'],
    ] as const) {
      const args = [`--deidentify.secretFile=${at('one')}`, `--crosswalk.keyFile=${key}`];
      await t.rejects(start(gateway.storageDir, args), { code: 'CROSSWALK_UNUSABLE', detail }, detail);
    }
  },
);

t.test('after a rotation a pinned project keeps its pseudonyms and others get new ones', async (t) => {
  const { directory, at, idOf } = keys(t);
  const pinned = join(directory, 'pinned.yaml');
  const profile = (keyId: string): void =>
    writeFileSync(pinned, `profile: pinned\nbase: basic\nkeyId: "${keyId}"\n`);
  profile(idOf('one'));
  const byCallingAe = JSON.stringify([{ callingAeTitle: 'PROJECT', profile: pinned }]);
  const rotated = (active: string, further: string): string[] => [
    `--deidentify.secretFile=${at(active)}`,
    `--deidentify.furtherSecretFiles=${at(further)}`,
    `--deidentify.profileByCallingAe=${byCallingAe}`,
  ];
  const [sent] = await writeSyntheticStudy({
    seed: 'rotation',
    images: 1,
    size: 64,
    directory: join(directory, 'sent'),
  });
  if (sent === undefined) throw new Error('no instance');
  const uid = valueIn(sent, 0x00080018);
  for (const [name, active, further, calling, key] of [
    ['before', 'one', 'two', 'PROJECT', 'one'],
    ['after', 'two', 'one', 'PROJECT', 'one'],
    ['others', 'two', 'one', 'PACS', 'two'],
  ] as const) {
    mkdirSync(join(directory, name));
    const gateway = await startGateway(t, {
      directory: join(directory, name),
      args: rotated(active, further),
    });
    await send(gateway, [sent], calling);
    await gateway.settled();
    const wanted = createPseudonyms(readSecretFile(at(key))).uid(uid);
    t.same(
      (await gateway.images()).map(({ imageInstanceUid }) => imageInstanceUid),
      [wanted],
      name,
    );
    await gateway.stop();
  }
  profile('00000000');
  await t.rejects(start(join(directory, 'unknown'), rotated('two', 'one')), { code: 'KEY_UNKNOWN' });
});
