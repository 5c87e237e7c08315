import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { leaksOf } from './build.ts';

/** Writes an original of each character set, and outputs that hold the name in other ones and other attributes. */
const program = `
import os
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
folder = sys.argv[1]
def write(path, charset, name, comment=None, nested=None, marked=False):
    ds = Dataset()
    ds.SpecificCharacterSet = charset
    ds.SOPClassUID = '1.2.840.10008.5.1.4.1.1.2'
    ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID = generate_uid()
    ds.PatientID = 'P-%s' % generate_uid()[-9:]
    ds.PatientName = name
    if comment is not None: ds.ImageComments = comment
    if marked: ds.PatientIdentityRemoved = 'YES'
    if nested is not None:
        item = Dataset()
        item.SpecificCharacterSet = nested[0]
        item.TextValue = nested[1]
        ds.ContentSequence = Sequence([item])
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.save_as(os.path.join(folder, path), write_like_original=False)
names = {
  'latin1': ('ISO_IR 100', 'L\\u00fcders^H\\u00e5kan', ['ISO_IR 192', 'ISO_IR 100', 'ISO_IR 148']),
  'latin2': ('ISO_IR 101', 'Wa\\u0142\\u0119sa^\\u0141ucja', ['ISO_IR 192', 'ISO_IR 101']),
  'cyrillic': ('ISO_IR 144', '\\u041b\\u044e\\u043a\\u0441\\u0435\\u043c\\u0431\\u0443\\u0440\\u0433^\\u0410\\u043d\\u043d\\u0430', ['ISO_IR 192', 'ISO_IR 144']),
  'greek': ('ISO_IR 126', '\\u0394\\u03b9\\u03bf\\u03bd\\u03c5\\u03c3\\u03b9\\u03bf\\u03c2^\\u039d\\u03b9\\u03ba\\u03bf\\u03c2', ['ISO_IR 192', 'ISO_IR 126']),
  'arabic': ('ISO_IR 127', '\\u0642\\u0628\\u0627\\u0646\\u064a^\\u0644\\u0646\\u0632\\u0627\\u0631', ['ISO_IR 192', 'ISO_IR 127']),
  'hebrew': ('ISO_IR 138', '\\u05e9\\u05e8\\u05d5\\u05df^\\u05d3\\u05d1\\u05d5\\u05e8\\u05d4', ['ISO_IR 192', 'ISO_IR 138']),
  'utf8': ('ISO_IR 192', '\\u738b\\u5c0f\\u660e^\\u6d77\\u71d5', ['GB18030', 'ISO_IR 192']),
  'gb18030': ('GB18030', '\\u738b\\u5c0f\\u660e^\\u6d77\\u71d5', ['ISO_IR 192', 'GB18030']),
  'japanese': (['', 'ISO 2022 IR 87'], 'Yamadazaka^Tarou=\\u5c71\\u7530^\\u592a\\u90ce', ['ISO_IR 192', ['', 'ISO 2022 IR 87']]),
  'korean': (['', 'ISO 2022 IR 149'], 'Hongildang^Gil=\\u6d2a\\u6771^\\u5409\\u6d1e=\\ud64d\\uae38\\ub3d9^\\uae38\\ub3d9', ['ISO_IR 192', ['', 'ISO 2022 IR 149']]),
}
made = []
for key, (charset, name, others) in names.items():
    write(key + '.in.dcm', charset, name)
    family = name.split('=')[-1].split('^')[0]
    for index, other in enumerate(others):
        write('%s.%d.pn.dcm' % (key, index), other, name.split('=')[-1], marked=True)
        write('%s.%d.lt.dcm' % (key, index), other, 'NOBODY', comment='xx ' + family + ' yy', marked=True)
        write('%s.%d.sq.dcm' % (key, index), 'ISO_IR 6', 'NOBODY', nested=(other, 'of ' + family), marked=True)
        made += ['%s.%d.%s' % (key, index, kind) for kind in ('pn', 'lt', 'sq')]
    write(key + '.clean.dcm', others[0], 'NOBODY', comment='nothing to see', marked=True)
    for codec in ('utf-8', 'utf-16-le', 'utf-16-be', 'shift_jis', 'euc_jp', 'euc_kr', 'gb18030', 'iso8859-5', 'latin-1', 'iso8859-7', 'koi8-r', 'cp1251'):
        try: raw = family.encode(codec)
        except UnicodeEncodeError: continue
        # GB18030 in four bytes a character is not looked for in bytes that are no text.
        if codec == 'gb18030' and len(raw) > 2 * len(family): continue
        if codec == 'gb18030' and key in ('latin1', 'latin2', 'greek', 'cyrillic') and any(0x30 <= b <= 0x39 for b in raw): continue
        with open(os.path.join(folder, '%s.raw-%s.dcm' % (key, codec)), 'wb') as out:
            with open(os.path.join(folder, key + '.clean.dcm'), 'rb') as clean: data = clean.read()
            out.write((b'  ' + raw + b'  ' + bytes(128))[:128] + data[128:])
        made.append('%s.raw-%s' % (key, codec))
print(json.dumps([list(names), made]))
`;

t.test('names are found whatever character sets original and output are in', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir({});
  const [names, made] = (await pydicom(program, folder)) as [string[], string[]];
  const read = (name: string): Uint8Array => readFileSync(join(folder, `${name}.dcm`));
  t.ok(made.length > 90, `${made.length} outputs`);
  for (const name of made) {
    const leaks = leaksOf(read(name), read(`${name.slice(0, name.indexOf('.'))}.in`));
    t.ok(
      leaks.some(({ kind }) => kind === 'name'),
      name,
    );
  }
  for (const name of names) t.same(leaksOf(read(`${name}.clean`), read(`${name}.in`)), [], `${name}, clean`);
});
