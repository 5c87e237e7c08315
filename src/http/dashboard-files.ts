import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the build puts the dashboard: beside the compiled sources, and there too for a gateway that runs from sources. */
export const builtDashboard = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/dashboard/' : '../dashboard/', import.meta.url),
);

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sallyport</title>
<h1>The dashboard is not built</h1><p>Run <code>npm run build</code>, then start the gateway again. Everything else works.</p>`;

/** Serves the dashboard's files: the page at `/`, and what it is made of. They hold nothing of any instance. */
export function addDashboard(app: FastifyInstance, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(notBuilt));
    return;
  }
  app.register(staticFiles, {
    root: folder,
    // Only files that are there at start, each with a route of its own.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names of assets change with what is in them.
      const isAsset = path.includes('/assets/');
      reply.header('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
