import t from 'tap';
import type { AuditEntry } from '../../../src/core/audit.ts';
import { SallyportError } from '../../../src/core/errors.ts';
import { tokenOperations } from '../../../src/http/operations/tokens.ts';
import { TokenStore } from '../../../src/http/security/token-store.ts';
import { startServer } from '../http-fixture.ts';

t.test(
  'a token is recorded before it is valid, and not made where that fails; the same for revoking',
  async (t) => {
    const store = new TokenStore(t.testdir());
    const told: { readonly entry: AuditEntry; readonly valid: number }[] = [];
    let full = false;
    const server = await startServer(
      t,
      tokenOperations({
        tokens: store,
        audit: async (entry) => {
          if (full) throw new SallyportError('STORAGE_FULL');
          told.push({ entry, valid: store.list().length });
        },
      }),
    );
    const made = await server.ask(t, 'POST', '/api/tokens', { body: { name: 'a', scopes: ['read'] } });
    t.equal(made.status, 201);
    const { id } = made.body as { id: string };
    t.match(told, [{ entry: { action: 'token.created', object: { kind: 'token', id } }, valid: 0 }]);
    full = true;
    t.equal(
      (await server.ask(t, 'POST', '/api/tokens', { body: { name: 'b', scopes: ['read'] } })).status,
      507,
    );
    t.equal((await server.ask(t, 'DELETE', `/api/tokens/${id}`)).status, 507);
    t.strictSame(
      store.list().map(({ name }) => name),
      ['a'],
      'neither made nor revoked',
    );
    full = false;
    t.equal(
      (await server.ask(t, 'POST', '/api/tokens', { body: { name: 'a', scopes: ['read'] } })).status,
      400,
    );
    t.equal(told.length, 1, 'what cannot be is not recorded as done');
    t.equal((await server.ask(t, 'DELETE', `/api/tokens/${id}`)).status, 204);
    t.match(told.at(-1), { entry: { action: 'token.revoked', object: { id } }, valid: 1 });
    t.equal((await server.ask(t, 'DELETE', `/api/tokens/${id}`)).status, 404);
    t.equal(told.length, 2);
  },
);

t.test('a token that could not be kept after all is recorded as that', async (t) => {
  const store = new TokenStore(t.testdir());
  const told: AuditEntry[] = [];
  const server = await startServer(
    t,
    tokenOperations({
      tokens: {
        list: () => store.list(),
        find: (id) => store.find(id),
        revoke: (id) => store.revoke(id),
        prepare: (request) => ({
          ...store.prepare(request),
          keep: () => {
            throw new SallyportError('TOKENS_UNUSABLE');
          },
        }),
      },
      audit: async (entry) => void told.push(entry),
    }),
  );
  t.ok((await server.ask(t, 'POST', '/api/tokens', { body: { name: 'a', scopes: ['read'] } })).status >= 500);
  t.match(told, [
    { action: 'token.created' },
    { action: 'token.created', outcome: 'serious-failure', code: 'TOKENS_UNUSABLE' },
  ]);
  t.equal(told[0]?.object.id, told[1]?.object.id);
});
