import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiError } from '../api/client.ts';
import { get, remove } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { asApiError, useResource } from '../api/use-resource.ts';
import { href, type Route } from '../shell/router.ts';
import { Button } from '../ui/button.tsx';
import { DataTable, Loaded } from '../ui/data.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Badge, ErrorNotice } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { NewToken } from './new-token.tsx';

type Token = Schemas['Token'];

export function AdministrationPage(_: { readonly route: Route }): JSX.Element {
  const resource = useResource((signal) => get('/api/tokens', { signal }), []);
  const [revoking, setRevoking] = useState<Token>();
  const [told, setTold] = useState('');
  return (
    <Page
      title="Administration"
      lead="Who may use the gateway over HTTP. Each person and each program gets a token of its own, with the rights it needs and no more."
      actions={
        <a class="file-link" href={href('configuration')}>
          Configuration
        </a>
      }
    >
      <NewToken
        onMade={() => {
          setTold('');
          resource.reload();
        }}
      />
      <Card title="Tokens">
        <p class="hint" role="status">
          {told}
        </p>
        <Loaded resource={resource}>
          {({ tokens }) => <Tokens tokens={tokens} onRevoke={setRevoking} />}
        </Loaded>
      </Card>
      {revoking === undefined ? null : (
        <Revoke
          token={revoking}
          onClose={(revoked) => {
            setRevoking(undefined);
            if (!revoked) return;
            setTold(`The token ${revoking.name} is revoked.`);
            resource.reload();
          }}
        />
      )}
    </Page>
  );
}

function Tokens({
  tokens,
  onRevoke,
}: {
  readonly tokens: readonly Token[];
  readonly onRevoke: (token: Token) => void;
}): JSX.Element {
  return (
    <DataTable
      caption="Tokens"
      rows={tokens}
      rowKey={({ id }) => id}
      empty="There is no token yet."
      columns={[
        {
          title: 'Name',
          cell: ({ name, id, aeTitle }) => (
            <>
              <b>{name}</b>
              <div class="hint">
                <code>{id}</code>
                {aeTitle === null || aeTitle === undefined ? null : (
                  <>
                    , sends as <code>{aeTitle}</code>
                  </>
                )}
              </div>
            </>
          ),
        },
        {
          title: 'Rights',
          cell: ({ scopes }) => (
            <span class="actions">
              {scopes.map((scope) => (
                <Badge key={scope} tone="neutral">
                  {scope}
                </Badge>
              ))}
            </span>
          ),
        },
        { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
        { title: 'Expires', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
        {
          title: 'Last used',
          cell: ({ lastUsedAt }) =>
            lastUsedAt === null ? (
              <span class="hint">not since the gateway was started</span>
            ) : (
              <Time at={lastUsedAt} />
            ),
        },
        {
          title: 'Action',
          cell: (token) => (
            <Button
              kind="danger"
              needs="admin"
              label={`Revoke ${token.name}`}
              onClick={() => onRevoke(token)}
            >
              Revoke
            </Button>
          ),
        },
      ]}
    />
  );
}

function Expiry({ at }: { readonly at: string | null }): JSX.Element {
  if (at === null) return <>never</>;
  return Date.parse(at) < Date.now() ? (
    <>
      <Badge tone="warning">Expired</Badge> <Time at={at} />
    </>
  ) : (
    <Time at={at} />
  );
}

function Revoke({
  token,
  onClose,
}: {
  readonly token: Token;
  readonly onClose: (revoked: boolean) => void;
}): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const revoke = async (): Promise<void> => {
    setBusy(true);
    try {
      await remove('/api/tokens/{id}', { path: { id: token.id } });
      onClose(true);
    } catch (fault) {
      setError(asApiError(fault));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Revoke ${token.name}?`} onClose={() => onClose(false)}>
      <p>
        Whoever uses this token is refused from now on, and its sessions end. It cannot be undone: a new token
        has to be made.
      </p>
      <ErrorNotice error={error} />
      <div class="actions dialog-actions">
        <Button onClick={() => onClose(false)}>Keep it</Button>
        <Button kind="danger" needs="admin" busy={busy} onClick={() => void revoke()}>
          Revoke
        </Button>
      </div>
    </Dialog>
  );
}
