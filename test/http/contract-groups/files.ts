import { waitFor } from '../../support/run.ts';
import { bodyOf, type ContractGroup, expectAll, unknownId } from '../contract-group.ts';
import { fileForm, makeFile } from '../real-gateway.ts';

/** The file API, the Base64 API and the redaction of single files. */
export const exercise: ContractGroup = async (t, { real }) => {
  const files = { clear: makeFile('clear'), risky: makeFile('risky'), pixelless: makeFile('pixelless') };
  const upload = (bytes: Uint8Array<ArrayBuffer>, anonymize: string) =>
    real.ask(t, 'POST', '/api/dicom/upload', {
      as: 'operate',
      body: fileForm(bytes, { anonymize, study_type: 'CT chest' }),
    });
  const settled = async (id: unknown): Promise<unknown> => {
    let status: unknown;
    await waitFor('the file is de-identified, or not', async () => {
      status = bodyOf(await real.ask(t, 'GET', `/api/dicom/status/${id}`)).status;
      return status !== 'processing';
    });
    return status;
  };
  const plain = bodyOf(await upload(files.clear.bytes, 'false')).file_id;
  const good = bodyOf(await upload(files.clear.bytes, 'true')).file_id;
  const bad = bodyOf(await upload(files.risky.bytes, 'true')).file_id;
  t.equal(await settled(good), 'completed');
  t.equal(await settled(bad), 'failed');
  t.equal((await upload(Buffer.from('no DICOM'), 'true')).status, 400);
  t.equal((await upload(Buffer.alloc(2 ** 20), 'true')).status, 413);
  await expectAll(t, real, [
    [200, `GET /api/dicom/metadata/${good}`],
    [400, `GET /api/dicom/metadata/${bad}`],
    [404, `GET /api/dicom/metadata/${unknownId}`],
    [200, `POST /api/dicom/anonymize/${plain}`],
    [400, `POST /api/dicom/anonymize/${bad}`],
    [404, `POST /api/dicom/anonymize/${unknownId}`],
    [200, `GET /api/dicom/download/${good}`],
    [400, `GET /api/dicom/download/${bad}`],
    [403, `GET /api/dicom/download/${plain}`, { as: 'read' }],
    [404, `GET /api/dicom/download/${unknownId}`],
    [404, `GET /api/dicom/status/${unknownId}`],
    [200, 'POST /uploadfile', { body: { file: files.clear.bytes.toString('base64') } }],
    [200, 'POST /uploadfile', { body: fileForm(files.clear.bytes) }],
    [400, 'POST /uploadfile', { body: { file: 'bm8gRElDT00=' } }],
    [422, 'POST /uploadfile', { body: fileForm(files.risky.bytes) }],
    [200, 'POST /process-dicom-image?padding=1', { body: fileForm(files.clear.bytes) }],
    [400, 'POST /process-dicom-image', { body: fileForm(Buffer.from('no DICOM')) }],
    [403, 'POST /process-dicom-image?header=keep', { as: 'operate', body: fileForm(files.clear.bytes) }],
    [422, 'POST /process-dicom-image', { body: fileForm(files.pixelless.bytes) }],
  ]);
};

export const notHere = {
  'uploadFile 500': 'the fixed answer to a fault of our own; no request may bring one about',
};
