import fc from 'fast-check';
import t from 'tap';
import { requestsOf } from './hostile-requests.ts';
import { canary, escapedOf } from './hostile-values.ts';
import { assertDescribed } from './http-fixture.ts';
import { answerOf, fileForm, makeFile, specs, startReal } from './real-gateway.ts';
import { signInArgs } from './security/sign-in-steps.ts';

/** Printed by fast-check with a counterexample; the same requests come in every run. */
const seed = 20_261_121;
const requestsPerOperation = 30;
/** Statuses of our own that are promises, and no fault. */
const promised = [503, 504, 507];
/** Names that the contract gives back to its maker, as the operation says. */
const echoes: ReadonlySet<string> = new Set(['createToken', 'uploadFile', 'getFileStatus']);

t.setTimeout(180_000);
const real = await startReal(t, {
  directory: t.testdir(),
  args: [
    '--http.rateLimit=0',
    '--http.attempts.limit=1000000',
    '--storage.keepDelivered=1h',
    // Sign-in is offered, at a provider that is not there.
    ...signInArgs({ url: 'http://127.0.0.1:1' }),
  ],
});
const file = makeFile('clear');
/** Ids that are there, so that requests get further than to 404. */
const known: Record<string, string> = {};

t.before(async () => {
  const quiet = { ok: () => true, equal: () => true } as never;
  const received = await real.ask(quiet, 'POST', '/receive_dicom', {
    body: file.bytes,
    headers: { 'content-type': 'application/dicom' },
  });
  const uploaded = await real.ask(quiet, 'POST', '/api/dicom/upload', { body: fileForm(file.bytes) });
  await real.gateway.settled();
  const { studies } = (await real.ask(quiet, 'GET', '/api/studies')).body as {
    studies: { studyPseudonym: string }[];
  };
  known.id = String((received.body as { instanceId: string }).instanceId);
  known.file_id = String((uploaded.body as { file_id: string }).file_id);
  known.study = studies[0]?.studyPseudonym ?? '1.2';
});

for (const spec of specs) {
  t.test(`${spec.operationId} takes any request, and says what the document says`, async (t) => {
    await fc.assert(
      fc.asyncProperty(
        requestsOf(spec, { bytes: file.bytes, ids: known }),
        async ({ path, query, type, body, header }) => {
          const end = new AbortController();
          const target = query.map(([name, value]) => `${escapedOf(name)}=${escapedOf(value)}`).join('&');
          const response = await fetch(`${real.url}${path}${target === '' ? '' : `?${target}`}`, {
            method: spec.method,
            redirect: 'manual',
            headers: {
              authorization: `Bearer ${real.tokens.everything}`,
              ...(type === undefined ? {} : { 'content-type': type }),
              ...(header === undefined ? {} : { [header[0]]: header[1] }),
            },
            ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | FormData }),
            signal: end.signal,
          });
          const { status } = response;
          if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
            end.abort();
            return;
          }
          const answer = await answerOf(response);
          if (status >= 500 && !promised.includes(status))
            throw new Error(`${status} ${answer.text.slice(0, 300)}`);
          const faults: string[] = [];
          const note = (isSo: unknown, message?: unknown): boolean => {
            if (!isSo) faults.push(String(message));
            return Boolean(isSo);
          };
          const noted = {
            ok: note,
            equal: (a: unknown, b: unknown, message?: unknown) => note(a === b, message),
          };
          // An export of no records is empty, and of its media type all the same.
          const text = answer.text === '' && answer.type !== '' ? ' ' : answer.text;
          assertDescribed(noted as never, spec.method, path, { ...answer, text });
          if (faults.length > 0) throw new Error(faults.join('; '));
          const told = [answer.text, ...[...response.headers].flat()].join('\n');
          if (told.includes(canary) && !echoes.has(spec.operationId))
            throw new Error(`echo: ${status} ${told.slice(0, 400)}`);
          if (response.headers.has('x-injected')) throw new Error('a header came through');
        },
      ),
      { seed, numRuns: requestsPerOperation, endOnFailure: true },
    );
    t.equal((await fetch(`${real.url}/healthz`)).status, 200, 'the gateway lives on');
  });
}

t.test('no event, metric or audit record holds anything of these requests', async (t) => {
  const audit = await real.ask(t, 'GET', '/api/audit/export');
  const metrics = await real.ask(t, 'GET', '/metrics');
  const configuration = await real.ask(t, 'GET', '/api/tokens');
  t.equal(audit.status, 200);
  t.ok(real.gateway.events.length > 0);
  for (const [what, text] of [
    ['events', JSON.stringify(real.gateway.events)],
    ['metrics', metrics.text],
    ['audit', audit.text],
  ] as const)
    t.notOk(text.includes(canary), what);
  t.equal(configuration.status, 200);
  t.equal(real.gateway.count('http.contractBroken'), 0, 'no operation answered what is not documented');
});
