import { bodyOf, type ContractGroup, expectAll, unknownId } from '../contract-group.ts';

/** Sessions and tokens. */
export const exercise: ContractGroup = async (t, { real }) => {
  const token = real.tokens.everything;
  await expectAll(t, real, [
    [401, 'GET /api/session', { as: null }],
    [401, 'DELETE /api/session', { as: null }],
    [400, 'POST /api/session', { as: null, body: {} }],
    [401, 'POST /api/session', { as: null, body: { token: 'sp_no' } }],
    [200, 'GET /api/session', { as: 'read' }],
  ]);
  const opened = await real.ask(t, 'POST', '/api/session', { as: null, body: { token } });
  t.equal(opened.status, 200);
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const headers = { cookie, origin: real.url, 'x-csrf-token': String(bodyOf(opened).csrfToken) };
  await expectAll(t, real, [
    [200, 'GET /api/session', { as: null, headers: { cookie, origin: real.url } }],
    [204, 'DELETE /api/session', { as: null, headers }],
    [200, 'GET /api/tokens'],
    [400, 'POST /api/tokens', { body: { name: 'x', scopes: [] } }],
    [403, 'POST /api/tokens', { as: 'admin', body: { name: 'x', scopes: ['identify'] } }],
    [404, `DELETE /api/tokens/${unknownId}`],
  ]);
  const made = await real.ask(t, 'POST', '/api/tokens', {
    body: { name: 'x', scopes: ['read'], aeTitle: 'X', expiresInDays: 1 },
  });
  t.equal(made.status, 201);
  await expectAll(t, real, [[204, `DELETE /api/tokens/${bodyOf(made).id}`]]);
};
