import { textAreas } from '../../support/burned-in.ts';
import { pydicom } from '../../support/pydicom.ts';

/** Brightest stored value in the areas of text, over all frames, as pydicom reads them. */
export async function brightest(path: string): Promise<number[]> {
  const program = `
a = dcmread(sys.argv[1]).pixel_array
if a.ndim == 2 or a.shape[-1] == 3: a = a[None]
areas = json.loads(sys.argv[2])
print(json.dumps([int(a[:, y:y+h, x:x+w].max()) for x, y, w, h in areas]))`;
  const areas = textAreas.map(({ left, top, width, height }) => [left, top, width, height]);
  return (await pydicom(program, path, JSON.stringify(areas))) as number[];
}

/** Tags whose encoded values differ between two files, or that only one of them has; items of sequences included. */
export async function differences(one: string, other: string): Promise<string[]> {
  const program = `
def raw(ds, path=''):
    found = {}
    for tag in ds.keys():
        e = ds.get_item(tag)
        name = path + '%08x' % int(tag)
        if e.VR == 'SQ' or (hasattr(e, 'value') and not isinstance(e.value, (bytes, type(None)))):
            e = ds[tag]
            if e.VR == 'SQ':
                found[name] = len(e.value)
                for i, item in enumerate(e.value): found.update(raw(item, name + '/%d/' % i))
                continue
        v = e.value
        found[name] = hashlib.sha256(v).hexdigest() if isinstance(v, bytes) else repr(v)
    return found
a, b = (raw(dcmread(p)) for p in sys.argv[1:3])
print(json.dumps(sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))))`;
  return (await pydicom(program, one, other)) as string[];
}

/** Adds what a device writes beside the standard: private elements, sequences, text in another character set, overlays. */
export async function enrich(path: string): Promise<void> {
  await pydicom(
    `
from pydicom.dataset import Dataset
d = dcmread(sys.argv[1])
d.SpecificCharacterSet = 'ISO_IR 100'
d.PatientName = 'Quillfeather^Ottoliné'
d.add_new(0x00091010, 'LO', 'Private of the device')
d.add_new(0x00090010, 'LO', 'ACME 1.0')
d.add_new(0x00091011, 'OB', bytes(range(200)))
inner = Dataset(); inner.CodeValue = 'ZX9081726'; inner.CodeMeaning = 'Ottoliné'; inner.CodingSchemeDesignator = '99X'
d.ProcedureCodeSequence = [inner, inner]
d.StudyDescription = 'Follow-up of Quillfeather   '
d.save_as(sys.argv[1])
print('1')`,
    path,
  );
}
