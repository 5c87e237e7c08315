import { ingestDefaults } from '../../support/ingest-settings.ts';
import { waitFor } from '../../support/run.ts';
import { type ContractGroup, expectAll, part10 } from '../contract-group.ts';
import { makeFile, storeRequest } from '../real-gateway.ts';

const maxIngests = ingestDefaults.maxRequests;

/** Too many at one time: readers of live status, bodies of instances. */
export const exercise: ContractGroup = async (t, { real }) => {
  const end = new AbortController();
  t.teardown(() => end.abort());
  const { everything } = real.tokens;
  const authorization = `Bearer ${everything}`;
  const follow = () => fetch(`${real.url}/api/live`, { headers: { authorization }, signal: end.signal });
  const readers: Response[] = [];
  for (let count = 0; count < 50; count += 1) readers.push(await follow());
  t.ok(readers.every(({ status }) => status === 200));
  t.equal(readers[0]?.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  real.seen.add('followStatus 200');
  const full = await real.ask(t, 'GET', '/api/live');
  t.equal(full.status, 503);
  t.ok(Number(full.headers.get('retry-after')) > 0);

  const slow = Array.from({ length: maxIngests }, () =>
    fetch(`${real.url}/receive_dicom`, {
      method: 'POST',
      headers: { authorization, ...part10 },
      body: endless(end.signal),
      duplex: 'half',
      signal: end.signal,
    } as RequestInit).catch(() => undefined),
  );
  await waitFor('all have begun', async () => {
    const body = makeFile('clear').bytes;
    return (await real.ask(t, 'POST', '/receive_dicom', { body, headers: part10 })).status === 503;
  });
  await expectAll(t, real, [
    [503, 'POST /dicom-web/studies', storeRequest([makeFile('clear').bytes])],
    [503, 'POST /dicom-web/studies/1.2.3', storeRequest([makeFile('clear').bytes])],
  ]);
  end.abort();
  await Promise.all(slow);
  await waitFor('there is room again', async () => {
    const body = makeFile('clear').bytes;
    return (await real.ask(t, 'POST', '/receive_dicom', { body, headers: part10 })).status === 200;
  });
};

/** One byte, and nothing more. */
function endless(signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1));
      signal.addEventListener('abort', () => controller.error(new Error('over')), { once: true });
    },
  });
}
