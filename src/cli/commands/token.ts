import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assertAeTitle, parseDuration } from '../../config/formats.ts';
import { asSallyportError, exitCodes, SallyportError } from '../../core/errors.ts';
import { isScope, type Scope, scopes } from '../../core/scopes.ts';
import { type ListedToken, TokenStore } from '../../http/security/token-store.ts';
import { openForOperations } from '../../spool/operations.ts';
import { commandLineActor } from '../command-line-actor.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { CommandIo } from '../io.ts';

const options = {
  config: { type: 'string' },
  storage: { type: 'string' },
  name: { type: 'string' },
  scope: { type: 'string', multiple: true },
  expires: { type: 'string' },
  'ae-title': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/**
 * `token create` prints the text of a new token, this once: only its hash is kept. `token list` shows all, `token revoke ID`
 * ends one. A running gateway follows from the next request on, and sessions opened with a revoked token end.
 */
export async function tokenCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [verb, id, ...rest] = positionals;
  const store = (): TokenStore => new TokenStore(storageOf(values));
  if (verb === 'create' && id === undefined && values.name !== undefined && values.scope !== undefined) {
    const made = await makeToken(storageOf(values), {
      name: values.name,
      scopes: scopesOf(values.scope),
      ...(values.expires === undefined ? {} : { expiresInMs: lifetime(values.expires) }),
      ...(values['ae-title'] === undefined ? {} : { aeTitle: aeTitleOf(values['ae-title']) }),
    });
    io.stdout.write(`${made.text}\n`);
    io.stderr.write(`token ${made.id}; its text is shown this once and kept nowhere\n`);
    return exitCodes.ok;
  }
  if (verb === 'list' && id === undefined) {
    const all = store().list();
    for (const token of all)
      io.stdout.write(`${values.json === true ? JSON.stringify(token) : line(token)}\n`);
    if (values.json !== true) io.stderr.write(`${all.length} token${all.length === 1 ? '' : 's'}\n`);
    return exitCodes.ok;
  }
  if (verb === 'revoke' && id !== undefined && rest.length === 0) {
    const { name } = store().find(id);
    await recorded(storageOf(values), 'token.revoked', id, () => store().revoke(id));
    io.stderr.write(`token ${id} (${name}) is revoked\n`);
    return exitCodes.ok;
  }
  io.stderr.write(
    `sallyport token: create --name NAME --scope ${scopes.join(',')} [--expires 90d] [--ae-title AE], list [--json], or revoke ID\n`,
  );
  return exitCodes.usage;
}

/** A new token of the gateway with this storage folder, recorded in the audit trail: one that nobody recorded is one that nobody has. */
export async function makeToken(
  storage: string,
  request: Parameters<TokenStore['create']>[0],
): Promise<ReturnType<TokenStore['create']>> {
  const { id, text, keep } = new TokenStore(storage).prepare(request);
  await recorded(storage, 'token.created', id, keep);
  return { id, text };
}

/**
 * Writes it into the audit trail, then does it: without the record nothing is done. Before the first start of the gateway
 * there is no trail; that start records the tokens it finds.
 */
async function recorded(
  storage: string,
  action: 'token.created' | 'token.revoked',
  id: string,
  change: () => unknown,
): Promise<void> {
  if (!existsSync(join(storage, 'ledger.sqlite'))) return void change();
  const { ledger, close } = await openForOperations(storage);
  const entry = { actor: commandLineActor(), action, object: { kind: 'token', id } } as const;
  try {
    await ledger.audit.append(entry);
    try {
      change();
    } catch (thrown) {
      await ledger.audit.append({
        ...entry,
        outcome: 'serious-failure',
        code: asSallyportError(thrown).code,
      });
      throw thrown;
    }
  } finally {
    await close();
  }
}

function storageOf(values: {
  readonly storage?: string | undefined;
  readonly config?: string | undefined;
}): string {
  return (
    values.storage ??
    loadConfigFrom(values.config === undefined ? [] : ['--config', values.config]).config.storage.dir
  );
}

function scopesOf(words: readonly string[]): readonly Scope[] {
  const asked = words.flatMap((word) => word.split(',')).map((word) => word.trim());
  const known = asked.filter(isScope);
  if (known.length < asked.length) throw invalid(`scopes are ${scopes.join(', ')}`);
  return known;
}

function lifetime(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw invalid('--expires wants a duration such as 90d', cause);
  }
}

function aeTitleOf(text: string): string {
  try {
    assertAeTitle(text);
    return text.trim();
  } catch (cause) {
    throw invalid(
      '--ae-title wants an AE title: 1 to 16 printable ASCII characters without backslash',
      cause,
    );
  }
}

function line({ id, scopes: granted, name, expired, expiresAt, aeTitle }: ListedToken): string {
  const until =
    expiresAt === undefined
      ? 'until revoked'
      : `${expired ? 'EXPIRED' : 'until'} ${new Date(expiresAt).toISOString().slice(0, 10)}`;
  const entry = aeTitle === undefined ? '' : `  as ${aeTitle}`;
  return `${id}  ${granted.join(',').padEnd(27)}  ${until.padEnd(18)}  ${name}${entry}`;
}

function invalid(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('REQUEST_INVALID', { detail, cause });
}
