import { bodyOf, type ContractGroup, expectAll } from '../contract-group.ts';

/** Health, status and explanations. */
export const exercise: ContractGroup = async (t, { real }) => {
  await expectAll(t, real, [
    [200, 'GET /healthz', { as: null }],
    [200, 'GET /health-check', { as: null }],
    [200, 'GET /readyz', { as: null }],
    [200, 'GET /metrics', { as: 'read' }],
    [200, 'GET /openapi.json', { as: 'read' }],
    [200, 'POST /api/test/send', { body: {} }],
    [400, 'POST /api/test/send', { body: { calledAeTitle: '' } }],
    [200, 'POST /api/test/echo', { body: { host: '127.0.0.1', port: 1, calledAeTitle: 'NOBODY' } }],
    [400, 'POST /api/test/echo', { body: { host: '127.0.0.1', port: 0, calledAeTitle: 'NOBODY' } }],
    [200, 'GET /api/status'],
    [200, 'GET /api/status/history'],
    [200, 'GET /api/associations'],
    [200, 'GET /api/echoes'],
    [200, 'GET /api/setup'],
    [200, 'GET /api/profiles'],
    [200, 'GET /api/configuration'],
    [404, 'GET /api/profiles/nobody'],
  ]);
  const { profiles } = bodyOf(await real.ask(t, 'GET', '/api/profiles')) as { profiles: { name: string }[] };
  const name = encodeURIComponent(profiles[0]?.name ?? '');
  await expectAll(t, real, [
    [200, `GET /api/profiles/${name}?modality=US&search=patient`],
    [400, `GET /api/profiles/${name}?modality=us`],
  ]);
  const { associations } = bodyOf(await real.ask(t, 'GET', '/api/associations'));
  t.match(associations, [{ echoes: 1 }], 'there was something to describe');
};
