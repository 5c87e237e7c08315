import { type ContractGroup, expectAll, maxInstanceBytes, part10 } from '../contract-group.ts';
import { makeFile, storeRequest } from '../real-gateway.ts';

/** Instances that come over HTTP. */
export const exercise: ContractGroup = async (t, { real }) => {
  const large = Buffer.alloc(maxInstanceBytes + 1024);
  const dicomJson = { accept: 'application/dicom+json' };
  const text = { 'content-type': 'text/plain' };
  const otherClass = makeFile('pixelless', { sopClassUid: '1.2.840.10008.5.1.4.1.1.9999' }).bytes;
  await expectAll(t, real, [
    [400, 'POST /receive_dicom', { body: Buffer.from('no DICOM'), headers: part10 }],
    [413, 'POST /receive_dicom', { body: large, headers: part10 }],
    [415, 'POST /receive_dicom', { body: makeFile('clear').bytes, headers: text }],
    [422, 'POST /receive_dicom', { body: otherClass, headers: part10 }],
  ]);
  for (const study of [undefined, '1.2.3']) {
    const path = study === undefined ? '/dicom-web/studies' : `/dicom-web/studies/${study}`;
    const of = (): Buffer<ArrayBuffer> =>
      makeFile('clear', study === undefined ? {} : { studyInstanceUid: study }).bytes;
    const bad = Buffer.from('no DICOM');
    const related = 'multipart/related; type="application/dicom"; boundary=b';
    await expectAll(t, real, [
      [200, `POST ${path}`, storeRequest([of()])],
      [202, `POST ${path}`, storeRequest([of(), bad])],
      [409, `POST ${path}`, storeRequest([bad])],
      [400, `POST ${path}`, { body: Buffer.from('no parts'), headers: { 'content-type': related } }],
      [
        406,
        `POST ${path}`,
        { ...storeRequest([of()]), headers: { 'content-type': related, accept: 'text/html' } },
      ],
      [415, `POST ${path}`, { body: of(), headers: { ...text, ...dicomJson } }],
      [413, `POST ${path}`, storeRequest([Buffer.alloc(16 * maxInstanceBytes + 1024)])],
    ]);
  }
};
