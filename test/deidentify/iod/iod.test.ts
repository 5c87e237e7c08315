import t from 'tap';
import {
  type IodNode,
  iodOf,
  requiredMembers,
  settlingType,
  typesOf,
} from '../../../src/deidentify/iod/iod.ts';
import { storageSopClassTable } from '../../../src/dicom/storage-sop-classes.ts';

const ct = '1.2.840.10008.5.1.4.1.1.2';
const enhancedSr = '1.2.840.10008.5.1.4.1.1.88.22';
const enhancedMr = '1.2.840.10008.5.1.4.1.1.4.1';

function node(uid: string, ...path: readonly number[]): IodNode {
  let place = iodOf(uid);
  for (const tag of path) place = place?.within(tag);
  if (place === undefined) throw new Error('no such place');
  return place;
}

t.test('Types of the top level by IOD', async (t) => {
  const rows: readonly [string, number, 1 | 2 | 3 | undefined][] = [
    [ct, 0x00100010, 2],
    [ct, 0x0008_0018, 1],
    [ct, 0x0008_0022, 3],
    [ct, 0x0020_0052, 1],
    [ct, 0x0018_1000, 3],
    [ct, 0x0040_a073, undefined],
    [enhancedMr, 0x0018_1000, 1],
    [enhancedMr, 0x0008_002a, 1],
    [enhancedSr, 0x0040_a073, 1],
    [enhancedSr, 0x0040_a491, 1],
    ['1.2.840.10008.5.1.4.1.1.481.5', 0x300a_0002, 1],
    ['1.2.840.10008.5.1.4.1.1.481.5', 0x300a_0006, 2],
    ['1.2.840.10008.5.1.4.1.1.20', 0x0018_1000, 3],
    ['1.2.840.10008.5.1.4.1.1.66.4', 0x0070_0084, 2],
    ['1.2.840.10008.5.1.4.1.1.9.1.1', 0x0008_002a, 1],
    ['1.2.840.10008.5.1.4.1.1.104.1', 0x0008_002a, 2],
  ];
  for (const [uid, tag, type] of rows)
    t.equal(iodOf(uid)?.typeOf(tag), type, `${uid} ${tag.toString(16).padStart(8, '0')}`);
});

t.test('Types in items of sequences', async (t) => {
  const request = node(enhancedSr, 0x0040_a370);
  t.equal(
    request.typeOf(0x0008_1110),
    2,
    'Referenced Study Sequence in Referenced Request Sequence is Type 2',
  );
  t.equal(iodOf(ct)?.typeOf(0x0008_1110), 3, 'and Type 3 in the study');
  t.equal(node(ct, 0x0008_1140).typeOf(0x0008_1155), 1);
  const frames = node(enhancedMr, 0x5200_9230);
  t.equal(frames.within(0x0020_9111)?.typeOf(0x0018_9074), 1, 'Frame Acquisition DateTime');
  t.equal(frames.complete, false, 'not all functional groups are described');
  const content = node(enhancedSr, 0x0040_a730);
  t.equal(content.within(0x0040_a730), content, 'content items nest without end');
  t.equal(content.typeOf(0x0040_a123), 1);
});

t.test('what settles a compound action', async (t) => {
  const top = iodOf(ct);
  t.equal(settlingType(top, 0x0010_0020), 2);
  t.equal(settlingType(top, 0x0040_a073), 3, 'Verifying Observer Sequence is foreign to CT');
  t.equal(settlingType(top, 0x0010_0011), undefined, 'an attribute younger than the table is not foreign');
  t.equal(settlingType(node(enhancedMr, 0x5200_9230), 0x0040_a073), undefined, 'nor one at an open place');
  t.equal(settlingType(undefined, 0x0010_0020), undefined);
  t.equal(iodOf('1.2.840.10008.5.1.4.1.1.2.99'), undefined);
  t.equal(iodOf('1.2.3'), undefined);
  t.equal(top?.within(0x0400_0550), undefined, 'items of unlisted sequences are unknown');
});

t.test('members a dummy item needs', async (t) => {
  const observer = node(enhancedSr, 0x0040_a073);
  t.same(requiredMembers(observer), [
    { tag: 0x0040_a027, type: 1 },
    { tag: 0x0040_a030, type: 1 },
    { tag: 0x0040_a075, type: 1 },
    { tag: 0x0040_a088, type: 2 },
  ]);
  const code = observer.within(0x0040_a088);
  t.ok(code);
  if (code === undefined) return;
  t.same(
    requiredMembers(code).map((member) => member.tag),
    [0x0008_0100, 0x0008_0102, 0x0008_0104],
  );
  const person = node(ct, 0x0008_1052);
  t.same(
    requiredMembers(person).map((member) => member.tag),
    [0x0008_0080, 0x0040_1101],
  );
});

t.test(
  'every class of the table is a storage class, and every reference of the table can be walked',
  async (t) => {
    const classes = storageSopClassTable.filter(([uid]) => iodOf(uid) !== undefined);
    t.ok(classes.length > 110);
    const seen = new Set<IodNode>();
    const walk = (place: IodNode): void => {
      if (seen.has(place)) return;
      seen.add(place);
      for (const [tag, entry] of place.entries) {
        const inner = place.within(tag);
        if ((entry.items !== '') !== (inner !== undefined)) t.fail('an item table that is not there');
        if (inner !== undefined) {
          if (inner.entries.size === 0) t.fail('an empty item table');
          walk(inner);
        }
      }
    };
    for (const [uid] of classes) {
      const top = iodOf(uid);
      if (top === undefined) continue;
      t.equal(top.typeOf(0x0008_0016), 1, uid);
      t.equal(top.typeOf(0x0010_0010), 2);
      t.equal(top.typeOf(0x0020_000e), 1);
      walk(top);
    }
    t.ok(seen.size < 2000, 'nodes are shared');
  },
);

t.test('Types as a rule book asks for them', async (t) => {
  const top = typesOf(enhancedSr);
  t.equal(top, typesOf(enhancedSr), 'the same place each time');
  t.equal(top?.within(0x0040_a730), top?.within(0x0040_a730)?.within(0x0040_a730));
  t.equal(top?.typeOf(0x0040_a073), 1, 'conditional Types as the plain ones');
  t.equal(top?.mandatoryTypeOf(0x0040_a073), undefined, 'which may be absent');
  t.equal(top?.mandatoryTypeOf(0x0040_a491), 1, 'Completion Flag');
  t.equal(top?.mandatoryTypeOf(0x0010_0010), 2);
  t.equal(top?.typeOf(0x0028_0010), 3, 'Rows is foreign to a report');
  t.equal(top?.mandatoryTypeOf(0x0028_0010), undefined);
  t.equal(top?.typeOf(0x0010_0011), undefined, 'younger than the table');
  t.equal(typesOf('1.2.3'), undefined);
  const state = typesOf('1.2.840.10008.5.1.4.1.1.11.1');
  t.equal(state?.mandatoryTypeOf(0x0070_0082), 1, 'Presentation Creation Date, which Table E.1-1 removes');
});
