import { type ContractGroup, expectAll, part10 } from '../contract-group.ts';
import { fileForm, makeFile, storeRequest } from '../real-gateway.ts';

/** A gateway without room says so. */
export const exercise: ContractGroup = async (t, { startAnother }) => {
  const clear = makeFile('clear');
  const full = await startAnother(['--storage.reserve=1000000GiB']);
  await expectAll(t, full, [
    [503, 'GET /readyz', { as: null }],
    [507, 'POST /receive_dicom', { body: clear.bytes, headers: part10 }],
    [507, 'POST /dicom-web/studies', storeRequest([clear.bytes])],
    [507, `POST /dicom-web/studies/${clear.study}`, storeRequest([clear.bytes])],
    [507, 'POST /api/dicom/upload', { body: fileForm(clear.bytes) }],
  ]);
};
