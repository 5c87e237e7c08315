import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { generateDeidentifyTables } from '../../scripts/generate-deidentify-tables.ts';
import { methodCodes } from '../../src/deidentify/generated/method-codes.ts';
import { notInTable } from '../../src/deidentify/generated/not-in-table.ts';
import { tableE11 } from '../../src/deidentify/generated/table-e1-1.ts';
import { uidRoles } from '../../src/deidentify/generated/uid-roles.ts';
import { keptBinary, keptLongText, supplement } from '../../src/deidentify/supplement.ts';
import { isRegisteredUid, registeredKind } from '../../src/deidentify/uid-registry.ts';
import { lookup } from '../../src/dicom/dictionary.ts';
import { storageSopClassTable } from '../../src/dicom/storage-sop-classes.ts';
import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';

const facts = new URL('../../../shared/facts/', import.meta.url);

t.test(
  'the generated tables are what the script makes of the facts',
  { skip: existsSync(facts) ? false : 'the folder ../shared/facts is absent' },
  async (t) => {
    for (const [name, text] of Object.entries(generateDeidentifyTables())) {
      const present = readFileSync(
        new URL(`../../src/deidentify/generated/${name}`, import.meta.url),
        'utf8',
      );
      t.equal(present, text, name);
    }
  },
);

t.test('the tables have the rows of their edition', async (t) => {
  t.equal(tableE11.length, 657);
  t.equal(notInTable.length, 141);
  t.equal(uidRoles.length, 106);
  t.equal(Object.keys(methodCodes).length, 13);
  const count = (basic: string): number => tableE11.filter((row) => row.basic === basic).length;
  t.equal(count('X'), 417);
  t.equal(count('D'), 93);
  t.equal(count('U'), 55);
});

t.test('the options of a row are those of its columns', async (t) => {
  const row = tableE11.find(({ tag }) => tag === '0018,1200');
  t.strictSame(row?.options, {
    retainDeviceIdentity: 'K',
    retainLongFullDates: 'K',
    retainLongModifiedDates: 'C',
  });
});

t.test('every tag of our own rules is an attribute of PS3.6', async (t) => {
  for (const tag of [...supplement.keys(), ...keptBinary, ...keptLongText]) {
    t.ok(lookup(tag), tag.toString(16));
  }
});

t.test('the registry knows every class and syntax of the gateway and the well-known instances', async (t) => {
  for (const [uid] of storageSopClassTable) t.equal(registeredKind(uid), 'sop-class', uid);
  for (const { uid } of transferSyntaxTable) t.equal(registeredKind(uid), 'transfer-syntax', uid);
  t.equal(registeredKind('1.2.840.10008.1.4.1.1'), 'frame-of-reference');
  t.equal(registeredKind('1.2.840.10008.15.1.1'), 'frame-of-reference');
  t.equal(registeredKind('1.2.840.10008.1.5.8'), 'sop-instance');
  t.ok(isRegisteredUid('1.2.840.10008.6.1.1500'), 'a context group');
  t.notOk(isRegisteredUid('1.2.840.10008.6.1.15001'), 'five digits are no context group');
  t.notOk(isRegisteredUid('1.2.840.10008.5.1.4.1.1.2.20200101'), 'a UID a device made below the root');
});
