import { request } from 'node:http';
import t, { type Test } from 'tap';
import { makeFile, type RealGateway, startReal } from './real-gateway.ts';

t.setTimeout(60_000);

/** Sends the beginning of a body, and gives the status that the gateway ends the wait with. */
function statusOfHalf({ url, tokens }: RealGateway, path: string, type: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.everything}`,
        'content-type': type,
        'content-length': '1000000',
      },
    });
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.once('error', reject);
    sent.write('{');
  });
}

t.test('the waits for bodies, and how many come in at one time, are options', async (t: Test) => {
  const real = await startReal(t, {
    directory: t.testdir(),
    args: ['--http.body.idleTimeout=2s', '--http.ingest.maxRequests=1'],
  });
  const waiting = statusOfHalf(real, '/receive_dicom', 'application/dicom');
  const body = makeFile('clear').bytes;
  const receive = async () =>
    (await real.ask(t, 'POST', '/receive_dicom', { body, headers: { 'content-type': 'application/dicom' } }))
      .status;
  const during = new Set<number>();
  let ended = false;
  void waiting.finally(() => {
    ended = true;
  });
  while (!ended) during.add(await receive());
  t.ok(during.has(503), 'one at a time');
  t.equal(await waiting, 408, 'given up after two seconds, not thirty');
  t.equal(await receive(), 200);
  t.equal(await statusOfHalf(real, '/uploadfile', 'application/json'), 408);
});
