import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, post } from '../api/client.ts';
import { useRight } from '../api/session.ts';
import type { Scope } from '../api/types.ts';
import { asApiError } from '../api/use-resource.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../ui/fields.tsx';
import { ErrorNotice, Notice } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';

const scopes: readonly { readonly scope: Scope; readonly what: string }[] = [
  { scope: 'read', what: 'see states, pseudonyms and reports; never an identifier' },
  { scope: 'operate', what: 'send in, retry, release, discard' },
  { scope: 'identify', what: 'see images as they were received, with their identifiers' },
  { scope: 'admin', what: 'tokens, configuration, tests; includes read and operate' },
];
const lifetimes = [
  { value: '30', text: '30 days' },
  { value: '90', text: '90 days' },
  { value: '365', text: 'One year' },
  { value: '', text: 'Never' },
] as const;

/** The form, and then the secret: shown this once, gone with the dialog. */
export function NewToken({ onMade }: { readonly onMade: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly Scope[]>(['read']);
  const [lifetime, setLifetime] = useState<(typeof lifetimes)[number]['value']>('90');
  const [aeTitle, setAeTitle] = useState('');
  const [told, setTold] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const [secret, setSecret] = useState<string>();
  const mayIdentify = useRight('identify');
  const nameFault = /^[A-Za-z0-9 ._@-]{1,64}$/.test(name.trim())
    ? undefined
    : 'A name is needed: letters, digits, blanks and . _ @ -, at most 64.';
  const aeFault = /^[ -~]{0,16}$/.test(aeTitle)
    ? undefined
    : 'At most 16 letters, digits and signs, without accents.';
  const make = async (): Promise<void> => {
    setTold(true);
    if (busy || nameFault !== undefined || aeFault !== undefined || chosen.length === 0) return;
    setBusy(true);
    setError(undefined);
    try {
      const { token } = await post('/api/tokens', {
        body: {
          name: name.trim(),
          scopes: [...chosen],
          ...(lifetime === '' ? {} : { expiresInDays: Number(lifetime) }),
          ...(aeTitle.trim() === '' ? {} : { aeTitle: aeTitle.trim() }),
        },
      });
      setSecret(token);
      setName('');
      setTold(false);
      onMade();
    } catch (fault) {
      setError(asApiError(fault));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title="Make a token">
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <div class="filters">
          <TextField
            label="Name"
            value={name}
            maxLength={64}
            fault={told ? nameFault : undefined}
            hint="Of the person or program; it stands in the audit trail"
            onValue={setName}
          />
          <SelectField label="Expires" value={lifetime} options={lifetimes} onValue={setLifetime} />
          <TextField
            label="AE title (for senders alone)"
            value={aeTitle}
            maxLength={16}
            fault={told ? aeFault : undefined}
            hint="Files sent with this token count as sent by this AE title"
            onValue={setAeTitle}
          />
        </div>
        <fieldset class="rights">
          <legend>Rights</legend>
          {scopes.map(({ scope, what }) => (
            <CheckField
              key={scope}
              label={
                <>
                  <b>{scope}</b>: {what}
                </>
              }
              checked={chosen.includes(scope)}
              disabled={scope === 'identify' && !mayIdentify}
              hint={
                scope === 'identify' && !mayIdentify
                  ? 'Only those who have this right can give it on; yours does not include it.'
                  : undefined
              }
              onValue={(checked) =>
                setChosen(checked ? [...chosen, scope] : chosen.filter((other) => other !== scope))
              }
            />
          ))}
          <p class="fault" role="alert">
            {told && chosen.length === 0 ? 'Choose at least one right.' : null}
          </p>
        </fieldset>
        <div class="actions">
          <Button kind="primary" type="submit" needs="admin" busy={busy}>
            Make the token
          </Button>
        </div>
      </form>
      <ErrorNotice error={error} />
      {secret === undefined ? null : (
        <Dialog title="Copy the token now" onClose={() => setSecret(undefined)}>
          <Notice severity="warning" title="It is shown this once.">
            <p>
              Only a fingerprint of it is kept, so nobody can show it again. Give it on by a safe way, not by
              mail.
            </p>
          </Notice>
          <pre class="command secret">
            <code>{secret}</code>
          </pre>
          <div class="actions dialog-actions">
            <CopyButton text={secret} what="token" />
            <Button kind="primary" onClick={() => setSecret(undefined)}>
              I have copied it
            </Button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}
