import { readdirSync } from 'node:fs';
import t from 'tap';
import { pydicom } from '../../support/pydicom.ts';
import { openFileApi } from './file-api.ts';

t.test('a data set that inflates without end is refused', async (t) => {
  const api = await openFileApi(t);
  const bomb = api.path('bomb.dcm');
  await pydicom(
    `
import struct, zlib
def el(g, e, vr, v): return struct.pack('<HH', g, e) + vr + struct.pack('<H', len(v)) + v
uid = b'1.2.840.10008.1.2.1.99'
meta = el(2, 2, b'UI', b'1.2.840.10008.5.1.4.1.1.7\\0') + el(2, 3, b'UI', b'2.25.1') + el(2, 0x10, b'UI', uid)
meta = el(2, 0, b'UL', struct.pack('<I', len(meta))) + meta
deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
with open(sys.argv[1], 'wb') as out:
    out.write(bytes(128) + b'DICM' + meta)
    for _ in range(1100): out.write(deflate.compress(bytes(1 << 20)))
    out.write(deflate.flush())
print('0')
`,
    bomb,
  );
  const answer = await api.curl(t, 'operate', '/api/dicom/upload', '--form', `file=@${bomb}`);
  t.equal(answer.status, 400);
  t.match(answer.body.detail, /NOT_DICOM/);
  t.same(readdirSync(api.shelfFolder), ['incoming']);
});
