import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { BackendClient } from '../../src/deliver/backend-client.ts';
import { type Post, planPosts } from '../../src/deliver/posts.ts';
import type { BackendTls } from '../../src/deliver/settings.ts';
import { ExampleBackend } from '../../src/example-backend/example-backend.ts';
import { never, samplePrepared, sampleSettings } from './samples.ts';

interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** An authority and certificates signed by it, made by openssl for this run. */
function authority(folder: string, name: string) {
  const path = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe' });
  };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  );
  return {
    ca: readFileSync(path('ca.pem'), 'utf8'),
    issue(subject: string, altName: string): Identity {
      const [key, request, cert] = [path(`${subject}.key`), path(`${subject}.csr`), path(`${subject}.pem`)];
      openssl(
        'req',
        ...curve,
        '-subj',
        `/CN=${subject}`,
        '-addext',
        `subjectAltName=${altName}`,
        '-keyout',
        key,
        '-out',
        request,
      );
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        path('ca.pem'),
        '-CAkey',
        path('ca.key'),
        '-CAcreateserial',
        '-days',
        '2',
        '-copy_extensions',
        'copy',
        '-out',
        cert,
      );
      return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    },
  };
}

function samplePost(): Post {
  const [post] = planPosts([samplePrepared({ id: 'a' })], { maxBodyBytes: 1e6, maxImagesPerPost: 1 });
  if (post === undefined) throw new Error('no post');
  return post;
}

async function backend(t: Test, tls: object): Promise<string> {
  const made = new ExampleBackend({ port: 0, host: '127.0.0.1', outputDir: t.testdir(), tls });
  const { url } = await made.start();
  t.teardown(() => made.stop());
  return url;
}

async function outcome(t: Test, url: string, tls?: BackendTls) {
  const settings = sampleSettings(url, tls === undefined ? {} : { tls });
  const client = new BackendClient(settings, { now: Date.now });
  t.teardown(() => client.close());
  return client.post(samplePost(), never);
}

t.test('TLS', async (t) => {
  const ours = authority(t.testdir(), 'ours');
  const theirs = authority(t.testdirName, 'theirs');
  const server = ours.issue('backend', 'IP:127.0.0.1,DNS:backend.example');
  const gateway = ours.issue('gateway', 'DNS:gateway');
  const stranger = theirs.issue('gateway', 'DNS:gateway');

  t.test('a configured authority is trusted, others are not', async (t) => {
    const url = await backend(t, server);
    t.match(await outcome(t, url, { ca: ours.ca }), { kind: 'delivered', httpStatus: 201 });
    const untrusted = { kind: 'retry', code: 'BACKEND_UNREACHABLE', httpStatus: 0 };
    t.match(await outcome(t, url), { ...untrusted, detail: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    t.match(await outcome(t, url, { ca: theirs.ca }), untrusted);
  });

  t.test('NODE_TLS_REJECT_UNAUTHORIZED does not switch verification off', async (t) => {
    const url = await backend(t, server);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    t.teardown(() => {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    });
    t.match(await outcome(t, url), { kind: 'retry', code: 'BACKEND_UNREACHABLE' });
  });

  t.test('the name is verified', async (t) => {
    const other = await backend(t, ours.issue('other', 'DNS:other.example'));
    t.match(await outcome(t, other, { ca: ours.ca }), {
      kind: 'retry',
      detail: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    t.match(await outcome(t, other, { ca: ours.ca, serverName: 'other.example' }), { kind: 'delivered' });
  });

  t.test('mutual TLS: the client certificate is presented and decides', async (t) => {
    const url = await backend(t, { ...server, ca: ours.ca, requestCert: true, rejectUnauthorized: true });
    t.match(await outcome(t, url, { ca: ours.ca, ...gateway }), { kind: 'delivered' });
    const refused = { kind: 'retry', code: 'BACKEND_UNREACHABLE', httpStatus: 0 };
    t.match(await outcome(t, url, { ca: ours.ca }), refused);
    t.match(await outcome(t, url, { ca: ours.ca, ...stranger }), refused);
  });

  t.test('plain HTTP to a TLS port, and TLS to a plain one: retry', async (t) => {
    const secure = await backend(t, server);
    // Node answers such a client with 400 before closing, where the answer gets through at all.
    const first = await outcome(t, secure.replace('https', 'http'), { ca: ours.ca });
    t.match(first, { kind: /^(retry|hold)$/ });
    const plain = new ExampleBackend({ port: 0, host: '127.0.0.1', outputDir: t.testdir() });
    const { url } = await plain.start();
    t.teardown(() => plain.stop());
    t.match(await outcome(t, url.replace('http', 'https'), { ca: ours.ca }), { kind: 'retry' });
  });

  t.test('half a client identity, or a key of another certificate, is refused at once', async (t) => {
    const make = (tls: BackendTls) => () =>
      new BackendClient(sampleSettings('https://127.0.0.1:1', { tls }), { now: Date.now });
    t.throws(make({ cert: gateway.cert }), { code: 'CONFIGURATION_INVALID', detail: 'backend.tls' });
    t.throws(make({ key: gateway.key }), { code: 'CONFIGURATION_INVALID' });
    t.throws(make({ cert: gateway.cert, key: stranger.key }), { code: 'CONFIGURATION_INVALID' });
  });
});
