import t from 'tap';
import { storageSopClassTable } from '../../src/dicom/storage-sop-classes.ts';
import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';
import {
  isStorageSopClass,
  isUid,
  mayBeStorageSopClass,
  preferredTransferSyntax,
  storageSopClass,
  transferSyntax,
} from '../../src/dicom/uids.ts';
import { tool } from '../receive/fakes.ts';

t.test('the tables have valid, distinct UIDs', async (t) => {
  for (const uids of [storageSopClassTable.map(([uid]) => uid), transferSyntaxTable.map(({ uid }) => uid)]) {
    t.equal(new Set(uids).size, uids.length);
    t.ok(uids.every(isUid));
  }
});

const python = await tool('/usr/bin/python3', ['-c', 'import pydicom']).catch(() => ({ code: 1 }));
const skip = python.code === 0 ? false : 'pydicom is not installed';

t.test('the tables hold everything pydicom knows', { skip }, async (t) => {
  const script =
    'from pydicom._uid_dict import UID_dictionary as d\n' +
    'for k,v in d.items(): print(v[1]+"|"+k+"|"+v[0]+"|"+v[3])';
  const { output } = await tool('/usr/bin/python3', ['-c', script]);
  let seen = 0;
  for (const line of output.trim().split('\n')) {
    const [type, uid = '', name = '', retired] = line.split('|');
    if (type === 'Transfer Syntax') {
      seen += 1;
      t.ok(transferSyntax(uid), uid);
    } else if (
      type === 'SOP Class' &&
      / Storage( - |$)/.test(name) &&
      uid.startsWith('1.2.840.10008.5.1.4.')
    ) {
      seen += 1;
      t.equal(storageSopClass(uid)?.retired, retired === 'Retired', `${uid} ${name}`);
    }
  }
  t.ok(seen > 200);
});

t.test('each transfer syntax is described as PS3.5 has it', async (t) => {
  t.match(transferSyntax('1.2.840.10008.1.2'), {
    explicitVr: false,
    littleEndian: true,
    encapsulated: false,
  });
  t.match(transferSyntax('1.2.840.10008.1.2.2'), {
    explicitVr: true,
    littleEndian: false,
    encapsulated: false,
  });
  t.match(transferSyntax('1.2.840.10008.1.2.1.99'), {
    explicitVr: true,
    deflated: true,
    encapsulated: false,
  });
  t.match(transferSyntax('1.2.840.10008.1.2.4.95'), { deflated: true, renderable: false, storable: true });
  for (const row of transferSyntaxTable) {
    if (/^1\.2\.840\.10008\.1\.2\.(4\.(5|6|7|8|9[0-3]|1|20[123])|5$)/.test(row.uid)) {
      t.match(row, { encapsulated: true, explicitVr: true, littleEndian: true, storable: true }, row.name);
    }
    if (row.renderable) t.ok(row.storable, row.name);
  }
  t.equal(transferSyntax('1.2.3'), undefined);
});

t.test('among proposals the one that can cost no information wins', async (t) => {
  const le = '1.2.840.10008.1.2.1';
  const j2kLossy = '1.2.840.10008.1.2.4.91';
  const jls = '1.2.840.10008.1.2.4.80';
  t.equal(preferredTransferSyntax([j2kLossy, jls, '1.2.840.10008.1.2', le]), le);
  t.equal(preferredTransferSyntax([j2kLossy, jls]), jls);
  t.equal(preferredTransferSyntax(['1.2.3', j2kLossy]), j2kLossy);
  t.equal(preferredTransferSyntax(['1.2.840.10008.1.2.4.100', j2kLossy]), j2kLossy, 'renderable first');
  t.equal(preferredTransferSyntax(['1.2.840.10008.1.2.6.2', '1.2.3']), undefined);
  t.equal(preferredTransferSyntax([]), undefined);
});

t.test('storage is told from other services', async (t) => {
  t.ok(isStorageSopClass('1.2.840.10008.5.1.4.1.1.2'));
  t.notOk(isStorageSopClass('1.2.840.10008.5.1.4.1.2.2.1'), 'query');
  t.notOk(isStorageSopClass('1.2.840.10008.1.3.10'), 'DICOMDIR');
  t.ok(mayBeStorageSopClass('1.2.840.10008.5.1.4.1.1.999'));
  t.ok(mayBeStorageSopClass('1.3.12.2.1107.5.9.1'));
  t.notOk(mayBeStorageSopClass('1.2.840.10008.5.1.4.1.2.2.1'));
  t.notOk(mayBeStorageSopClass('not a uid'));
});
