import { join } from 'node:path';
import { waitFor } from '../../support/run.ts';
import { bodyOf, type ContractGroup, expectAll, unknownId } from '../contract-group.ts';

/** Jobs over folders. */
export const exercise: ContractGroup = async (t, { real, root }) => {
  const begin = (name: string, folder_in = join(root, 'in')) =>
    real.ask(t, 'POST', '/process-dicom-folder', { body: { folder_in, folder_out: join(root, name) } });
  const answers = await Promise.all([0, 1, 2, 3, 4].map((number) => begin(`out${number}`)));
  const begun = answers.filter(({ status }) => status === 200).map((answer) => bodyOf(answer).job_id);
  t.equal(begun.length, 2, 'two at one time');
  t.ok(answers.some(({ status }) => status === 409));
  await expectAll(t, real, [
    [200, `POST /api/jobs/${begun[0]}/cancel`],
    [200, `POST /api/jobs/${begun[1]}/cancel`],
    [200, 'GET /api/jobs'],
    [200, `GET /api/jobs/${begun[1]}`],
    [404, `GET /api/jobs/${unknownId}`],
    [404, `POST /api/jobs/${unknownId}/cancel`],
  ]);
  await waitFor('the jobs end', async () => {
    const { jobs } = bodyOf(await real.ask(t, 'GET', '/api/jobs')) as { jobs: { state: string }[] };
    return jobs.every(({ state }) => state !== 'running');
  });
  await expectAll(t, real, [[409, `POST /api/jobs/${begun[1]}/cancel`]]);
  t.equal((await begin('out', '/etc')).status, 400);
};
