import type { JSX } from 'preact';
import { resumeSession, session } from '../api/session.ts';
import { useStore } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Layout } from './layout.tsx';
import { SignIn } from './sign-in.tsx';

/** Sign-in or the pages. The address stays as it is meanwhile, so that one comes back to where one was. */
export function App(): JSX.Element {
  const state = useStore(session);
  if (state.kind === 'signed-in') return <Layout actor={state.actor} />;
  if (state.kind === 'signed-out') return <SignIn why={state.why} />;
  if (state.kind === 'unknown')
    return (
      <p class="first-wait" role="status">
        Loading…
      </p>
    );
  return (
    <main class="alone">
      <h1>Sallyport</h1>
      <Notice severity="critical" title="The gateway cannot be reached">
        <p>Look whether it runs and whether this computer is connected to its network.</p>
        <Button onClick={() => void resumeSession()}>Try again</Button>
      </Notice>
    </main>
  );
}
