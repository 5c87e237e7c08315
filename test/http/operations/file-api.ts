import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { AuditEntry } from '../../../src/core/audit.ts';
import { FileShelf, type FileShelfSettings } from '../../../src/files/file-shelf.ts';
import type { FileWork } from '../../../src/files/file-work.ts';
import { fileOperations } from '../../../src/http/operations/files.ts';
import { redactionOperations } from '../../../src/http/operations/redaction.ts';
import type { HttpServerSettings } from '../../../src/http/server.ts';
import { FolderJobs } from '../../../src/jobs/folder-jobs.ts';
import { openWork } from '../../pipeline/on-demand/open-work.ts';
import { run } from '../../support/run.ts';
import { assertDescribed, startServer } from '../http-fixture.ts';

export interface FileApiOptions {
  readonly work?: FileWork;
  readonly shelf?: Partial<FileShelfSettings>;
  readonly roots?: readonly string[];
  readonly settings?: Partial<HttpServerSettings>;
}

export interface CurlAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The operations of files and redaction in the product's server, over a shelf and worker threads of their own. */
export async function openFileApi(t: Test, options: FileApiOptions = {}) {
  const open = openWork(t, { threads: 2 });
  const work: FileWork = options.work ?? open.work;
  const audited: AuditEntry[] = [];
  const audit = async (...entries: readonly AuditEntry[]): Promise<void> => void audited.push(...entries);
  const events: [string, object][] = [];
  const clock = { ahead: 0 };
  const parts = {
    work,
    audit,
    emit: (name: string, fields: object) => void events.push([name, fields]),
    now: () => Date.now() + clock.ahead,
  };
  const shelfFolder = open.path('files');
  const shelf = new FileShelf(
    {
      folder: shelfFolder,
      keepMs: 3_600_000,
      keepUploadsMs: 600_000,
      maxFiles: 100,
      maxBytes: 2 ** 30,
      reserveBytes: 0,
      concurrency: 2,
      ...options.shelf,
    },
    parts,
  );
  await shelf.start();
  t.teardown(() => shelf.stop());
  const root = open.path('root');
  mkdirSync(root);
  const jobs = new FolderJobs(
    { folder: open.path('jobs'), roots: options.roots ?? [root], closed: [shelfFolder], concurrency: 2 },
    parts,
  );
  await jobs.start();
  t.teardown(() => jobs.stop());
  const operations = {
    ...fileOperations({ shelf, work, audit }),
    ...redactionOperations({ shelf, work, jobs, audit }),
  };
  const server = await startServer(
    t,
    operations,
    options.settings === undefined ? {} : { settings: options.settings },
  );
  return {
    ...open,
    ...server,
    shelf,
    shelfFolder,
    jobs,
    root,
    clock,
    audited,
    heard: events,
    /** Files of work that goes on. */
    incoming: () => readdirSync(join(shelfFolder, 'incoming')),
    /** Debian's curl, with a token of these scopes; fails where the answer is not what the contract says of it. */
    async curl(t: Test, scopes: string, path: string, ...args: readonly string[]): Promise<CurlAnswer> {
      const format = '\n%{http_code} %{content_type} %{method}';
      const { output } = await run('curl', [
        ...['--silent', '--show-error', '--write-out', format],
        ...['--header', `Authorization: Bearer ${scopes}`],
        ...args,
        `${server.url}${path}`,
      ]);
      const at = output.lastIndexOf('\n');
      const [status = '', type = '', method = ''] = output
        .slice(at + 1)
        .replaceAll('; ', ';')
        .split(' ');
      const text = output.slice(0, at);
      const bare = type.split(';')[0] ?? '';
      const body = bare.endsWith('json') ? JSON.parse(text) : undefined;
      const answer = { status: Number(status), type: bare, text, body };
      assertDescribed(t, method, path, answer);
      return answer;
    },
  };
}

export type FileApi = Awaited<ReturnType<typeof openFileApi>>;

/** Polls the status until it is not `processing`. */
export async function settled(t: Test, api: FileApi, id: string): Promise<CurlAnswer> {
  for (let left = 300; left > 0; left -= 1) {
    const answer = await api.curl(t, 'read', `/api/dicom/status/${id}`);
    if (answer.body.status !== 'processing') return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('never settled');
}
