import { bodyOf, type ContractGroup, expectAll, receive } from '../contract-group.ts';
import { loseBytes, makeFile } from '../real-gateway.ts';

/** An instance whose study was never known, and whose bytes are lost, has no report. */
export const exercise: ContractGroup = async (t, { real }) => {
  const file = makeFile('clear');
  // Cut off within the pixel data: safe, held, and nothing of it is known.
  const id = await receive(t, real, file.bytes.subarray(0, -40) as Buffer<ArrayBuffer>);
  await real.gateway.settled();
  t.match(bodyOf(await real.ask(t, 'GET', `/api/instances/${id}`)), { state: 'held', studyPseudonym: null });
  loseBytes(real, id);
  await expectAll(t, real, [[410, `GET /api/instances/${id}/report`]]);
};
