import t from 'tap';
import { storageSopClassTable } from '../../src/dicom/storage-sop-classes.ts';
import { sopClassKeyword, sopClassKeywords, sopClassUidOf } from '../../src/profiles/sop-classes.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';

t.test('every storage SOP class has a keyword of its own, and the UID is found by it', async (t) => {
  t.equal(new Set(sopClassKeywords).size, storageSopClassTable.length);
  for (const [uid] of storageSopClassTable) {
    if (sopClassUidOf(sopClassKeyword(uid)) !== uid) t.fail(uid);
    if (sopClassUidOf(uid) !== uid) t.fail(uid);
  }
  t.equal(sopClassUidOf('1.2.3'), undefined);
});

t.test('keywords are those of PS3.6, as pydicom has them', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const program =
    'import json; from pydicom.uid import UID_dictionary as d; print(json.dumps({u: d[u][4] for u in d}))';
  const theirs = (await pydicom(program)) as Record<string, string>;
  let compared = 0;
  for (const [uid] of storageSopClassTable) {
    const keyword = theirs[uid];
    if (keyword === undefined) continue;
    t.equal(sopClassKeyword(uid), keyword);
    compared += 1;
  }
  t.ok(compared > 150, `${compared} compared`);
});
