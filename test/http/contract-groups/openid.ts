import { type ContractGroup, expectAll } from '../contract-group.ts';
import { startFakeProvider } from '../security/fake-provider.ts';
import { begin, comeBack, signInArgs } from '../security/sign-in-steps.ts';

/** Sign-in at the OpenID provider. */
export const exercise: ContractGroup = async (t, { real, startAnother }) => {
  const open = { as: null };
  await expectAll(t, real, [
    [200, 'GET /api/session/ways', open],
    [404, 'GET /api/session/openid', open],
    [404, 'GET /api/session/openid/callback', open],
    [400, 'GET /api/session/openid?prompt=none', open],
    [400, `GET /api/session/openid/callback?state=${'a'.repeat(257)}`, open],
  ]);
  const another = await startAnother(signInArgs(await startFakeProvider(t)));
  await expectAll(t, another, [[200, 'GET /api/session/ways', open]]);
  const { cookie, state } = await begin(t, another);
  t.equal((await comeBack(t, another, { error: 'access_denied', state }, cookie)).status, 303);
};
