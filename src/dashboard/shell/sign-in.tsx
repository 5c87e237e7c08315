import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { openidAddress, rememberPage, type SignInFault, takeFault } from '../api/openid.ts';
import { type SessionState, signIn } from '../api/session.ts';
import { asApiError } from '../api/use-resource.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

type Why = Extract<SessionState, { kind: 'signed-out' }>['why'];

const told: Readonly<Record<Why, string | undefined>> = {
  first: undefined,
  ended: 'Your session has ended. Sign in again, and you are back where you were.',
  left: 'You are signed out.',
  'no-read': 'This token lacks the right read, which the dashboard needs. Ask for a token that has it.',
};

/** What became of a sign-in at the identity provider, and what to do. */
const ended: Readonly<Record<SignInFault, { readonly title: string; readonly advice: string }>> = {
  cancelled: {
    title: 'The sign-in was cancelled.',
    advice: 'Nothing has changed. Try again, or use a token.',
  },
  declined: {
    title: 'Your identity provider did not complete the sign-in.',
    advice: 'Try again. If it stays so, ask who looks after the identity provider: its log says why.',
  },
  late: {
    title: 'This sign-in was not begun in this browser, or took too long.',
    advice: 'Begin it again from this page, in one window, within ten minutes.',
  },
  refused: {
    title: 'What your identity provider sent could not be accepted.',
    advice:
      'Try again. If it stays so, tell the gateway administrator: the gateway is not set up as the provider is.',
  },
  'no-right': {
    title: 'You are known, but may not use this dashboard.',
    advice: 'Your account has no role that gives the right read here. Ask the gateway administrator for one.',
  },
  unavailable: {
    title: 'Your identity provider cannot be reached.',
    advice: 'Try again in a moment, or use a token. The gateway administrator sees the reason in the log.',
  },
  'too-many': {
    title: 'Too many sign-ins from this address have failed.',
    advice: 'Wait a moment, then begin again from this page.',
  },
};

export function SignIn({ why }: { readonly why: Why }): JSX.Element {
  const [fault, setFault] = useState<{ title: string; advice?: string | undefined }>();
  const [busy, setBusy] = useState(false);
  const [openid, setOpenid] = useState<string>();
  const [before] = useState(takeFault);
  const field = useRef<HTMLInputElement>(null);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Sallyport';
    void openidAddress().then((address) => {
      setOpenid(address);
      if (address === undefined) focusUnlessBusy(field.current);
    });
  }, []);
  useEffect(() => focusUnlessBusy(link.current), [openid]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const token = field.current?.value.trim() ?? '';
    if (token === '') {
      setFault({ title: 'Enter a token.' });
      field.current?.focus();
      return;
    }
    setBusy(true);
    setFault(undefined);
    try {
      await signIn(token);
    } catch (error) {
      const { status, message, advice } = asApiError(error);
      setFault(
        status === 401
          ? {
              title: 'This token is not known here, or no longer.',
              advice: 'Look whether all of it was copied. It may have been revoked, or have expired.',
            }
          : { title: message, advice },
      );
      field.current?.focus();
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="alone sign-in">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>Sign in to Sallyport</h1>
      <div aria-live="polite">
        {told[why] === undefined ? null : <Notice severity="info" title={told[why]} />}
        {before === undefined ? null : (
          <Notice severity={before === 'cancelled' ? 'info' : 'warning'} title={ended[before].title}>
            <p>{ended[before].advice}</p>
          </Notice>
        )}
      </div>
      {openid === undefined ? null : (
        <div class="card elsewhere">
          <a ref={link} class="button primary" href={openid} onClick={rememberPage}>
            Continue with single sign-on
          </a>
          <p class="hint">You sign in where your organisation keeps its accounts, and come back here.</p>
        </div>
      )}
      <form class="card" onSubmit={(event) => void submit(event)} noValidate>
        <label class="field" for="token">
          <span class="field-label">Token</span>
        </label>
        <input
          ref={field}
          id="token"
          name="token"
          type="password"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          required
          aria-describedby={fault === undefined ? 'token-hint' : 'token-fault token-hint'}
          aria-invalid={fault !== undefined}
        />
        <p id="token-hint" class="hint">
          It begins with <code>sp_</code> and is shown once, when it is made.
        </p>
        <p id="token-fault" class="fault" role="alert">
          {fault === undefined ? null : `${fault.title} ${fault.advice ?? ''}`}
        </p>
        <Button kind={openid === undefined ? 'primary' : 'plain'} type="submit" busy={busy}>
          Sign in
        </Button>
      </form>
      <section class="hint about-tokens">
        <h2>What is a token?</h2>
        <p>
          A long secret that stands for a person or a program, with the rights it was given. The gateway
          administrator makes one on the machine of the gateway:
        </p>
        <pre class="command">
          <code>sallyport token create --name "Your name" --scope read,operate,identify</code>
        </pre>
        <ul class="plain">
          <li>
            <b>read</b>: see what happens, never an identifier
          </li>
          <li>
            <b>operate</b>: retry, release and discard held instances
          </li>
          <li>
            <b>identify</b>: see images as they were received, with their identifiers
          </li>
          <li>
            <b>admin</b>: tokens, configuration, tests of connections
          </li>
        </ul>
      </section>
    </main>
  );
}

/** Somebody may have begun to type meanwhile. */
function focusUnlessBusy(element: HTMLElement | null): void {
  if (document.activeElement === null || document.activeElement === document.body) element?.focus();
}
