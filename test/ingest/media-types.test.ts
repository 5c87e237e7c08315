import t from 'tap';
import { assertAcceptsDicomJson, boundaryOfStore, parseMediaType } from '../../src/ingest/media-types.ts';

t.test('a media type is read with its parameters', async (t) => {
  const read = (text: string) => {
    const type = parseMediaType(text);
    return type === undefined ? undefined : [type.type, Object.fromEntries(type.parameters)];
  };
  t.strictSame(read('Text/PLAIN'), ['text/plain', {}]);
  t.strictSame(read(' a/b ; X=1;y="2; \\"3\\\\" ;; z=a/b;'), ['a/b', { x: '1', y: '2; "3\\', z: 'a/b' }]);
  for (const wrong of ['', 'text', 'a/b x', 'a/b;x="1', 'a/b;x=1;X=2', 'a/b;=1', 'a/b;x="1"2'])
    t.equal(parseMediaType(wrong), undefined, wrong);
});

t.test('the boundary of a Store request', async (t) => {
  const related = (rest: string) => boundaryOfStore(`multipart/related${rest}`);
  t.equal(related('; type="application/dicom"; boundary=abc'), 'abc');
  t.equal(related(';boundary="a b: (c)?"; TYPE=application/dicom'), 'a b: (c)?');
  t.equal(related(';boundary="----=_\'x\'"; type="application/dicom; transfer-syntax=*"'), "----=_'x'");
  const long = 'dd66218d-2fd4-4a41-9f9f-bb5d773d7b27-dd66218d-2fd4-4a41-9f9f-bb5d773d7b27';
  t.equal(related(`; type="application/dicom"; boundary=${long}`), long, 'as Orthanc sends it');
  for (const rest of [
    '; boundary=abc',
    '; type="application/dicom+json"; boundary=abc',
    '; type="application/dicom+xml"; boundary=a',
  ])
    t.throws(() => related(rest), { code: 'MEDIA_TYPE_UNSUPPORTED' }, rest);
  t.throws(() => boundaryOfStore('application/dicom'), { code: 'MEDIA_TYPE_UNSUPPORTED' });
  for (const boundary of [
    '',
    '"a\\"b"',
    `"${'x'.repeat(201)}"`,
    '"blank "',
    '"ä"',
    '"a',
    'a;boundary=b',
    '"a\r\nb"',
  ])
    t.throws(
      () => related(`; type="application/dicom"; boundary=${boundary}`),
      { code: 'MULTIPART_INVALID' },
      JSON.stringify(boundary),
    );
  t.throws(() => related('; type="application/dicom"'), { code: 'MULTIPART_INVALID' }, 'none');
});

t.test('the answer is JSON, and who takes none is told before anything is read', async (t) => {
  for (const accept of [
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/dicom+json',
    'application/dicom+xml, application/dicom+json;q=0.5',
    'multipart/related; type="application/dicom+xml"; x=",", */*;q=0.1',
  ])
    t.doesNotThrow(() => assertAcceptsDicomJson(accept), accept ?? 'none');
  for (const accept of ['application/dicom+xml', 'text/html', 'application/dicom+json;q=0', 'x'])
    t.throws(() => assertAcceptsDicomJson(accept), { code: 'ANSWER_TYPE_UNSUPPORTED' }, accept);
});
