import t, { type Test } from 'tap';
import { healthRoutes } from '../../src/http/routes/health.ts';
import { HttpServer } from '../../src/http/server.ts';

interface Source {
  readonly notReady: () => Promise<readonly string[]>;
  readonly events?: unknown[];
}

async function start(t: Test, { notReady, events = [] }: Source): Promise<string> {
  const server = new HttpServer(
    { host: '127.0.0.1', port: 0, apiToken: null },
    healthRoutes({ notReady, metrics: async () => ({ contentType: 'text/plain', text: 'a 1\n' }) }),
    (name, fields) => events.push([name, fields]),
  );
  const { port } = await server.start();
  t.teardown(() => server.stop());
  return `http://127.0.0.1:${port}`;
}

t.test('health, readiness and metrics answer; everything else is a problem', async (t) => {
  const reasons: string[] = [];
  const url = await start(t, { notReady: async () => reasons });
  const get = async (path: string): Promise<{ status: number; type: string | null; body: string }> => {
    const response = await fetch(`${url}${path}`);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
  t.match(await get('/healthz'), { status: 200, body: '{"status":"ok"}' });
  t.match(await get('/readyz'), { status: 200, body: /"ready"/ });
  reasons.push('the storage folder is below its reserve of free space');
  t.match(await get('/readyz'), { status: 503, body: /below its reserve/ });
  t.match(await get('/metrics'), { status: 200, body: 'a 1\n', type: /^text\/plain/ });
  t.match(await get('/patient/DOE'), { status: 404, type: /problem\+json/ });
  t.notMatch((await get('/patient/DOE')).body, 'DOE');
});

t.test('a source that fails is a 500 without its message', async (t) => {
  const events: unknown[] = [];
  const url = await start(t, {
    events,
    notReady: async () => {
      throw new Error('DOE^JANE');
    },
  });
  const response = await fetch(`${url}/readyz`);
  t.equal(response.status, 500);
  t.notMatch(await response.text(), 'DOE');
  t.same(events, [['http.failed', { route: '/readyz', httpStatus: 500 }]]);
});
