import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { SyslogSender, type SyslogTiming } from '../../src/audit/syslog-sender.ts';
import { type SyslogSettings, syslogSettings } from '../../src/audit/syslog-settings.ts';
import type { AuditTrail } from '../../src/spool/audit-trail.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { aRecord, listening } from '../spool/spool-fixture.ts';
import { run, waitFor } from '../support/run.ts';

t.setTimeout(180_000);

const timing: SyslogTiming = { pollMs: 20, confirmMs: 150, retryInitialMs: 20, retryMaxMs: 100 };
const studiesOf = async () => new Map<string, string>();
const openssl = (await run('openssl', ['version']).catch(() => ({ exitCode: 1 }))).exitCode === 0;
const skip = openssl ? false : 'openssl is not installed';

/** Messages of a stream framed by RFC 5425; throws where the framing is wrong. */
class Unframed {
  readonly messages: string[] = [];
  #rest = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const space = this.#rest.indexOf(0x20);
      if (space < 0) return;
      const digits = this.#rest.subarray(0, space).toString('latin1');
      if (!/^[1-9]\d{0,5}$/.test(digits)) throw new Error(`framing: ${digits}`);
      const end = space + 1 + Number(digits);
      if (this.#rest.length < end) return;
      this.messages.push(this.#rest.subarray(space + 1, end).toString('utf8'));
      this.#rest = this.#rest.subarray(end);
    }
  }
}

interface SyslogServer {
  readonly port: number;
  readonly messages: string[];
  readonly sockets: Set<Socket>;
  readonly faults: Error[];
  stop(): Promise<void>;
}

async function serve(
  t: Test,
  options: { readonly tls?: { key: Buffer; cert: Buffer; ca?: Buffer }; readonly port?: number } = {},
): Promise<SyslogServer> {
  const messages: string[] = [];
  const faults: Error[] = [];
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    sockets.add(socket);
    const unframed = new Unframed();
    socket.on('data', (chunk: Buffer) => {
      try {
        unframed.add(chunk);
      } catch (error) {
        faults.push(error as Error);
      }
      messages.push(...unframed.messages.splice(0));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const { tls } = options;
  const server: Server =
    tls === undefined
      ? createTcpServer(take)
      : createTlsServer(
          { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined },
          take,
        );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  t.teardown(stop);
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages,
    sockets,
    faults,
    stop,
  };
}

/** Sequence numbers in the order they arrived. */
const sequencesOf = (messages: readonly string[]): number[] =>
  messages.map((message) => Number(/ParticipantObjectID="(\d+):[0-9a-f]{64}"/.exec(message)?.[1]));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

const options = {
  transport: 'tcp',
  caFile: '',
  certFile: '',
  keyFile: '',
  sourceId: '',
  siteId: '',
} as const;
const settingsOf = (changes: Partial<Parameters<typeof syslogSettings>[0]>): SyslogSettings => {
  const made = syslogSettings(
    { ...options, host: '127.0.0.1', port: 0, ...changes },
    'SALLYPORT',
    { hostName: 'gate', processId: 1 },
    (file) => readFileSync(file, 'utf8'),
  );
  if (made === undefined) throw new Error('no host');
  return made;
};

async function opened(t: Test): Promise<SqliteLedger> {
  const ledger = await SqliteLedger.open(t.testdir());
  t.teardown(() => ledger.close());
  return ledger;
}

async function fill(ledger: SqliteLedger, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => ledger.insert(aRecord())));
}

async function certificates(
  folder: string,
  name: string,
  subjectAltName: string,
): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, `${name}-key.pem`), join(folder, `${name}.pem`)];
  const { exitCode, output } = await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', key, '-out', cert, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`],
  ]);
  if (exitCode !== 0) throw new Error(output);
  return { key, cert };
}

t.test('no host: nothing to send to', async (t) => {
  t.equal(
    syslogSettings({ ...options, host: '', port: 1 }, 'A', { hostName: 'h', processId: 1 }, () => ''),
    undefined,
  );
});

t.test(
  'over TLS every record arrives in order, well-formed, to a server that asks for a certificate',
  { skip },
  async (t) => {
    const folder = t.testdir();
    const ledger = await SqliteLedger.open(join(folder, 'storage'));
    t.teardown(() => ledger.close());
    const server = await certificates(folder, 'server', 'IP:127.0.0.1');
    const client = await certificates(folder, 'client', 'DNS:gateway');
    const { port, messages, faults } = await serve(t, {
      tls: { key: readFileSync(server.key), cert: readFileSync(server.cert), ca: readFileSync(client.cert) },
    });
    await fill(ledger, 300);
    const { emit, heard } = listening();
    const settings = settingsOf({
      port,
      transport: 'tls',
      caFile: server.cert,
      certFile: client.cert,
      keyFile: client.key,
    });
    const sender = new SyslogSender({ trail: ledger.audit, studiesOf, settings, emit, timing });
    sender.start();
    await waitFor('300 messages', async () => messages.length >= 300);
    await fill(ledger, 5);
    await waitFor('5 more', async () => messages.length >= 305);
    await sender.stop();
    t.strictSame(sequencesOf(messages), upTo(305), 'each once, in order');
    t.strictSame(faults, []);
    t.strictSame(heard, []);
    t.equal(await ledger.audit.position('syslog'), 305, 'an orderly end confirms all');
    const xml = join(folder, 'message.xml');
    writeFileSync(xml, messages[0]?.slice(messages[0].indexOf('\ufeff') + 1) ?? '');
    const lint = await run('xmllint', [
      '--noout',
      '--relaxng',
      join(import.meta.dirname, 'audit-message.rng'),
      xml,
    ]);
    t.equal(lint.exitCode, 0, lint.output);
  },
);

t.test('a server whose certificate proves nothing gets nothing', { skip }, async (t) => {
  const folder = t.testdir();
  const ledger = await SqliteLedger.open(join(folder, 'storage'));
  t.teardown(() => ledger.close());
  const other = await certificates(folder, 'other', 'DNS:elsewhere.example');
  const stranger = await certificates(folder, 'stranger', 'IP:127.0.0.1');
  await fill(ledger, 3);
  for (const [name, shown, caFile] of [
    ['another name', other, other.cert],
    ['another authority', stranger, other.cert],
  ] as const) {
    const { port, messages } = await serve(t, {
      tls: { key: readFileSync(shown.key), cert: readFileSync(shown.cert) },
    });
    const { emit, heard } = listening();
    const settings = settingsOf({ port, transport: 'tls', caFile });
    const sender = new SyslogSender({ trail: ledger.audit, studiesOf, settings, emit, timing });
    sender.start();
    await waitFor('it says so', async () => heard.length > 0);
    await sender.stop();
    t.strictSame(messages, [], name);
    t.strictSame(
      heard,
      [{ name: 'audit.receiverFailed', fields: { code: 'AUDIT_RECEIVER_FAILED' } }],
      'told once',
    );
  }
});

t.test('an outage delays, nobody waits, and all arrive at least once', async (t) => {
  const ledger = await opened(t);
  const first = await serve(t);
  const { port } = first;
  const { emit, heard } = listening();
  const sender = new SyslogSender({
    trail: ledger.audit,
    studiesOf,
    settings: settingsOf({ port }),
    emit,
    timing,
  });
  sender.start();
  await fill(ledger, 50);
  await waitFor('some messages', async () => first.messages.length >= 10);
  await first.stop();
  await fill(ledger, 50);
  await waitFor('the outage is told', async () => heard.some(({ name }) => name === 'audit.receiverFailed'));
  const second = await serve(t, { port });
  // A server that loses its connections in the middle of messages.
  for (let cut = 0; cut < 4; cut += 1) {
    await waitFor('connected', async () => second.sockets.size > 0);
    await fill(ledger, 40);
    for (const socket of second.sockets) socket.resetAndDestroy();
  }
  const all = () => distinct(sequencesOf([...first.messages, ...second.messages]));
  await waitFor('every record', async () => all().length >= 260);
  t.strictSame(all(), upTo(260));
  t.ok(heard.some(({ name }) => name === 'audit.receiverBack'));
  await sender.stop();
});

t.test('a sender that ended without a word is followed by one that goes on', async (t) => {
  const ledger = await opened(t);
  const { port, messages } = await serve(t);
  await fill(ledger, 30);
  const emit = () => undefined;
  // A killed process keeps nothing of what it had sent last.
  const { audit } = ledger;
  const forgetful: AuditTrail = {
    append: (...entries) => audit.append(...entries),
    head: () => audit.head(),
    inspect: () => audit.inspect(),
    list: (filter) => audit.list(filter),
    after: (sequence, limit) => audit.after(sequence, limit),
    prune: (before, limit) => audit.prune(before, limit),
    position: (name) => audit.position(name),
    moveTo: async () => undefined,
  };
  const killed = new SyslogSender({
    trail: forgetful,
    studiesOf,
    settings: settingsOf({ port }),
    emit,
    timing,
  });
  killed.start();
  await waitFor('30 messages', async () => messages.length >= 30);
  t.equal(await ledger.audit.position('syslog'), 0, 'nothing counts as taken yet');
  await killed.stop();
  messages.length = 0;
  const next = new SyslogSender({
    trail: ledger.audit,
    studiesOf,
    settings: settingsOf({ port }),
    emit,
    timing,
  });
  next.start();
  await waitFor('all again', async () => messages.length >= 30);
  t.strictSame(sequencesOf(messages), upTo(30));
  await waitFor('confirmed', async () => (await ledger.audit.position('syslog')) === 30);
  await next.stop();
  messages.length = 0;
  const third = new SyslogSender({
    trail: ledger.audit,
    studiesOf,
    settings: settingsOf({ port }),
    emit,
    timing,
  });
  third.start();
  await fill(ledger, 2);
  await waitFor('only what is new', async () => messages.length >= 2);
  await third.stop();
  t.strictSame(sequencesOf(messages), [31, 32]);
});

t.test(
  'a server that reads nothing keeps no instance waiting, and a stop is not held up',
  { timeout: 30_000 },
  async (t) => {
    const ledger = await opened(t);
    const server = createTcpServer((socket) => {
      socket.pause();
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const sender = new SyslogSender({
      trail: ledger.audit,
      studiesOf,
      settings: settingsOf({ port }),
      emit: () => undefined,
      timing,
    });
    sender.start();
    await fill(ledger, 5_000);
    const { sequence } = await ledger.audit.head();
    t.equal(sequence, 5_000, 'all were taken in beside it');
    const began = performance.now();
    await sender.stop();
    t.ok(performance.now() - began < 20_000);
    t.ok((await ledger.audit.position('syslog')) < 5_000);
  },
);
