import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type IodNode, iodOf } from '../../../src/deidentify/iod/iod.ts';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import { lookup, tagOf } from '../../../src/dicom/dictionary.ts';
import { item, sequenceElement } from '../../../src/dicom/edit.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { storageSopClassTable } from '../../../src/dicom/storage-sop-classes.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { run } from '../../support/run.ts';
import { around, explicit, words } from '../build.ts';

/**
 * `dciodvfy` names every Type 1 and 2 attribute that an all but empty object lacks, at its top level and in empty items:
 * its own reading of PS3.3, against which the table is held. Where it asks for more than the table, an identifying value
 * might be removed that has to be there.
 */

/** What dciodvfy asks for beyond the table, with the reason. */
const explained: Readonly<Record<string, string>> = {
  // Rows that the edition of the table has otherwise.
  RetrieveURI: 'Type 3 in HL7 Structured Document Reference Sequence',
  // Younger than the table, or of an item that the table calls open; none of them identifies.
  DoubleFloatRealWorldValueFirstValueMapped: 'younger than the functional groups of the table',
  DoubleFloatRealWorldValueLastValueMapped: 'younger than the functional groups of the table',
  FilterType: 'functional group',
  FocalSpots: 'functional group',
  CompensatorType: 'RT Ion Beams Session Record of 2019 has it not',
  ValueType: 'Type 3 in Acquisition Context',
};

/** Modules that the table leaves out; their IODs are partial in it. */
const modulesNotInTable: ReadonlySet<string> = new Set(['DermoscopicImage', 'Manufacturing3DModel']);

interface Lacking {
  readonly type: number;
  readonly keyword: string;
  readonly module: string;
}

t.test('dciodvfy asks for no attribute more strictly than the table', { timeout: 240_000 }, async (t) => {
  if (!requirePeer(t, 'dciodvfy')) return;
  const path = join(t.testdir({}), 'object.dcm');
  const seen = new Set<IodNode>();
  let known = 0;
  let asked = 0;

  const judge = (places: readonly IodNode[], lacking: readonly Lacking[], where: string): void => {
    for (const { type, keyword, module } of lacking) {
      const tag = tagOf(keyword);
      if (tag === undefined) {
        t.fail(`${where}: dciodvfy names ${keyword}`);
        continue;
      }
      asked += 1;
      if (explained[keyword] !== undefined || modulesNotInTable.has(module)) continue;
      // A sequence can bring modules into force, so that what is missing stands further up.
      const types = places.map((place) => place.typeOf(tag)).filter((value) => value !== undefined);
      if (!types.some((value) => value <= type)) t.fail(`${where}: ${keyword} is Type ${type} of ${module}`);
    }
  };

  const walk = async (
    uid: string,
    places: readonly IodNode[],
    route: readonly number[],
    before: ReadonlySet<string>,
  ): Promise<void> => {
    const place = places[0];
    if (place === undefined || route.length > 3) return;
    for (const tag of place.entries.keys()) {
      const inner = place.within(tag);
      if (inner === undefined || seen.has(inner)) continue;
      seen.add(inner);
      const next = [...route, tag];
      const found = await lackingIn(path, uid, next);
      const added = found.filter((lacking) => !before.has(JSON.stringify(lacking)));
      judge([inner, ...places], added, `${uid} ${next.map((step) => lookup(step)?.keyword).join(' > ')}`);
      await walk(uid, [inner, ...places], next, keysOf(found));
    }
  };

  for (const [uid] of storageSopClassTable) {
    const top = iodOf(uid);
    if (top === undefined) continue;
    const lacking = await lackingIn(path, uid, []);
    // Classes younger than this dciodvfy.
    if (lacking.length === 0) continue;
    known += 1;
    judge([top], lacking, uid);
    await walk(uid, [top], [], keysOf(lacking));
  }
  t.ok(known > 75, `${known} classes that dciodvfy knows`);
  t.ok(seen.size > 350, `${seen.size} kinds of items`);
  t.ok(asked > 4000, `${asked} attributes asked for`);
});

function keysOf(lacking: readonly Lacking[]): ReadonlySet<string> {
  return new Set(lacking.map((one) => JSON.stringify(one)));
}

/** What dciodvfy misses in an object of this class that has nothing but one empty item at the end of the route. */
async function lackingIn(path: string, uid: string, route: readonly number[]): Promise<Lacking[]> {
  let inner: DataElement[] = [];
  for (const tag of [...route].reverse()) inner = [sequenceElement(tag, [item(around, inner)])];
  const dataSet = item(around, [
    words(0x0008_0016, 'UI', uid),
    words(0x0008_0018, 'UI', '1.2.3.4.5'),
    ...inner,
  ]);
  const head = encodeFileMeta({ sopClassUid: uid, sopInstanceUid: '1.2.3.4.5', transferSyntaxUid: explicit });
  writeFileSync(path, Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid: explicit, head })]));
  const { output } = await run(peerProgram('dciodvfy'), [path]);
  const pattern = /Missing attribute Type ([12])C? \w+ Element=<(\w+)> Module=<(\w+)>/g;
  return [...output.matchAll(pattern)].map(([, type, keyword = '', module = '']) => ({
    type: Number(type),
    keyword,
    module,
  }));
}
