import { SallyportError } from '../../core/errors.ts';
import { type Answer, type Operations, ok, optionalText } from '../operation.ts';
import type { Refusal } from '../security/actor.ts';
import type { SecurityGatekeeper } from '../security/gatekeeper.ts';
import type { OidcSignIn } from '../security/oidc-sign-in.ts';

type SignInGate = Pick<
  SecurityGatekeeper,
  'open' | 'refuseSignIn' | 'signInCookie' | 'signInOf' | 'isOwnNavigation' | 'signOut'
>;

/** All that the page of the dashboard is told of a sign-in that failed; nothing of the issuer's answer. */
export type SignInFault =
  | 'cancelled'
  | 'declined'
  | 'late'
  | 'refused'
  | 'no-right'
  | 'unavailable'
  | 'too-many';

/** Sign-in to the dashboard at the OpenID issuer. Undefined: it is not offered. */
export function openidOperations(
  gate: SignInGate,
  signIn: Pick<OidcSignIn, 'begin' | 'finish' | 'startUrl'> | undefined,
): Operations {
  const offered = (): NonNullable<typeof signIn> => {
    if (signIn === undefined) throw new SallyportError('SIGN_IN_NOT_OFFERED');
    return signIn;
  };
  return {
    getSignInWays: async () => ok({ openid: signIn?.startUrl ?? null }),
    beginOpenidSignIn: async ({ query, credentials }) => {
      const begun = await offered().begin(query.prompt === 'login');
      if ('refused' in begun) return dashboard('unavailable', []);
      // The browser comes back from another site without the cookie of the session that it has now.
      if (gate.isOwnNavigation(credentials)) gate.signOut(credentials);
      return redirect(begun.location, [gate.signInCookie(begun.browser)]);
    },
    endOpenidSignIn: async ({ query, credentials, signal }) => {
      const browser = gate.signInOf(credentials);
      const end = await offered().finish(
        {
          browser,
          state: optionalText(query.state),
          code: optionalText(query.code),
          error: optionalText(query.error),
          iss: optionalText(query.iss),
        },
        signal,
      );
      const over = gate.signInCookie(null);
      if ('proof' in end) return dashboard(undefined, [gate.open(credentials, end.proof).cookie, over]);
      if ('without' in end) return dashboard(end.without, [over]);
      const fault = faultOf(gate.refuseSignIn(credentials, end.refusal), end.late);
      // What another page sent must not end a sign-in that is under way.
      return dashboard(fault, end.late ? [] : [over]);
    },
  };
}

function faultOf({ refused }: Refusal, late: boolean): SignInFault {
  if (refused === 'ISSUER_UNAVAILABLE') return 'unavailable';
  if (refused === 'TOO_MANY_ATTEMPTS') return 'too-many';
  if (late) return 'late';
  return refused === 'NOT_PERMITTED' ? 'no-right' : 'refused';
}

/**
 * To the page of the dashboard, on the host the browser is at: there is no other. The page is open to all and asks for the
 * session itself, so that the cookie, which is never sent along from other sites, is.
 */
function dashboard(fault: SignInFault | undefined, cookies: string[]): Answer {
  return redirect(fault === undefined ? '/' : `/?signIn=${fault}`, cookies);
}

function redirect(location: string, cookies: string[]): Answer {
  return { status: 303, headers: { location, ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) } };
}
