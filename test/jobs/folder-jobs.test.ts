import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { AuditActor, AuditEntry } from '../../src/core/audit.ts';
import { SallyportError } from '../../src/core/errors.ts';
import type { FileCall, FileOrder, FileOutcome } from '../../src/files/file-work.ts';
import { FolderJobs, type FolderJobsSettings, type JobOrder } from '../../src/jobs/folder-jobs.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { run } from '../support/run.ts';

const ann: AuditActor = { kind: 'token', name: 'ann' };

/** Files hold the number that names the output, and what is to come of them. */
async function redactText({ input, output }: FileOrder): Promise<FileOutcome> {
  const text = readFileSync(input, 'utf8');
  const number = Number(/\d+/.exec(text)?.[0] ?? 0);
  if (text.includes('held')) return { outcome: 'held', code: 'BURNED_IN_TEXT_RISK', detail: null, boxes: [] };
  if (text.includes('none')) throw new SallyportError('NOT_DICOM');
  if (text.includes('full')) throw new SallyportError('STORAGE_FULL');
  if (text.includes('evil')) return { ...outcomeOf(number), studyInstanceUid: '..' };
  writeFileSync(output, text.toUpperCase());
  return outcomeOf(number);
}

function outcomeOf(number: number): Extract<FileOutcome, { outcome: 'deidentified' }> {
  return {
    outcome: 'deidentified',
    boxes: [],
    bytes: 1,
    studyInstanceUid: '2.25.1',
    seriesInstanceUid: '2.25.2',
    sopInstanceUid: `2.25.${number}`,
    profileRevision: 'r',
  };
}

interface Bench {
  readonly jobs: FolderJobs;
  readonly root: string;
  readonly input: string;
  readonly output: string;
  readonly audited: AuditEntry[];
  readonly order: JobOrder;
  readonly outputs: () => string[];
  ended(id: string): Promise<JobRecord>;
}

async function bench(
  t: Test,
  more: Partial<FolderJobsSettings> = {},
  work: (order: FileOrder, call: FileCall) => Promise<FileOutcome> = redactText,
): Promise<Bench> {
  const dir = t.testdir({ root: { in: {} }, outside: { 'doe.dcm': '9 secret' }, data: {} });
  const root = join(dir, 'root');
  const [input, output] = [join(root, 'in'), join(root, 'out')];
  const audited: AuditEntry[] = [];
  const jobs = new FolderJobs(
    {
      folder: join(dir, 'data', 'jobs'),
      roots: [root],
      closed: [join(dir, 'data')],
      concurrency: 2,
      ...more,
    },
    {
      work: { redactFile: work },
      audit: async (...entries) => void audited.push(...entries),
      emit: () => undefined,
      now: Date.now,
    },
  );
  await jobs.start();
  t.teardown(() => jobs.stop());
  return {
    jobs,
    root,
    input,
    output,
    audited,
    order: { folderIn: input, folderOut: output, actor: ann, callingAeTitle: '' },
    outputs: () =>
      existsSync(output)
        ? readdirSync(output, { recursive: true, encoding: 'utf8' })
            .filter((name) => name.endsWith('.dcm'))
            .sort()
        : [],
    async ended(id) {
      for (let left = 500; left > 0; left -= 1) {
        if (jobs.get(id).state !== 'running') return jobs.get(id);
        await wait(10);
      }
      throw new Error('never ended');
    },
  };
}

t.test('every file is redacted, named by its new UIDs, and what is not is counted by code', async (t) => {
  const { jobs, input, order, outputs, output, audited, ended } = await bench(t);
  mkdirSync(join(input, 'doe^jane', 'deep'), { recursive: true });
  writeFileSync(join(input, '1.dcm'), '1');
  writeFileSync(join(input, 'doe^jane', '2'), '2');
  writeFileSync(join(input, 'doe^jane', 'deep', '3'), '3 held');
  writeFileSync(join(input, 'readme.txt'), 'none');
  writeFileSync(join(input, 'evil'), '4 evil');
  const begun = await jobs.begin(order);
  t.match(begun, { state: 'running', files: 0 });
  const job = await ended(begun.id);
  t.match(job, { state: 'completed', code: null, files: 5, done: 5, redacted: 2, failed: 3 });
  t.strictSame({ ...job.failures }, { BURNED_IN_TEXT_RISK: 1, NOT_DICOM: 1, DATA_SET_MALFORMED: 1 });
  t.same(outputs(), ['2.25.1/2.25.2/2.25.1.dcm', '2.25.1/2.25.2/2.25.2.dcm']);
  t.same(readdirSync(output), ['2.25.1'], 'nothing is left aside');
  t.same(
    audited.map(({ action, outcome, object }) => [action, outcome, object.id]),
    [
      ['job.started', undefined, job.id],
      ['job.ended', 'minor-failure', job.id],
    ],
  );
  t.same(
    jobs.list().map(({ id }) => id),
    [job.id],
  );
});

t.test(
  'begun again, the same outputs stay; other content under a name is not put in its place',
  async (t) => {
    const { jobs, input, order, output, ended } = await bench(t);
    for (const number of [1, 2]) writeFileSync(join(input, String(number)), String(number));
    await ended((await jobs.begin(order)).id);
    writeFileSync(join(input, '2'), '2 changed');
    const { id } = await jobs.begin(order);
    const job = await ended(id);
    t.match(job, { state: 'completed', redacted: 1, failures: { DUPLICATE_CONTENT_DIFFERS: 1 } });
    t.equal(readFileSync(join(output, '2.25.1/2.25.2/2.25.2.dcm'), 'utf8'), '2');
  },
);

t.test('links are told of and not followed, whatever they lead to', async (t) => {
  const { jobs, root, input, order, outputs, ended } = await bench(t);
  const outside = join(root, '..', 'outside');
  symlinkSync(join(outside, 'doe.dcm'), join(input, 'file-out'));
  symlinkSync(outside, join(input, 'folder-out'));
  symlinkSync('..', join(input, 'circle'));
  symlinkSync('/proc/self/environ', join(input, 'proc'));
  await run('mkfifo', [join(input, 'pipe')]);
  writeFileSync(join(input, '1'), '1');
  const { id } = await jobs.begin(order);
  const job = await ended(id);
  t.match(job, { state: 'completed', redacted: 1, failures: { LINK_NOT_FOLLOWED: 5 } });
  t.equal(outputs().length, 1);
});

t.test('folders that are not below a root are refused, in one and the same way', async (t) => {
  const { jobs, root, input, output, order } = await bench(t);
  const dir = join(root, '..');
  symlinkSync(join(dir, 'outside'), join(root, 'way-out'));
  mkdirSync(join(dir, 'root-beside'));
  writeFileSync(join(root, 'file'), '');
  const wrong = 'folder_in: not a folder below http.folderRoots that can be opened';
  const form = 'folder_in: an absolute path without ..';
  for (const [folderIn, detail] of [
    [join(dir, 'outside'), wrong],
    [join(dir, 'not-there'), wrong],
    [join(dir, 'root-beside'), wrong],
    [join(root, 'way-out'), wrong],
    [join(root, 'not-there'), wrong],
    [join(root, 'file'), wrong],
    [join(root, '%2e%2e', 'outside'), wrong],
    [dir, wrong],
    ['/', wrong],
    ['/proc/self/root', wrong],
    [`${root}/../outside`, form],
    [`${input}/..`, form],
    ['in', form],
    ['', form],
    [`${input}\0`, form],
    [`/${'a'.repeat(5000)}`, form],
  ] as const)
    await t.rejects(
      jobs.begin({ ...order, folderIn }),
      { code: 'FOLDER_REFUSED', detail },
      JSON.stringify(folderIn),
    );
  const same = 'folder_out: not the same as folder_in, nor in it, nor around it';
  const out = 'folder_out: not a folder below http.folderRoots that can be opened';
  symlinkSync(input, join(root, 'again'));
  symlinkSync(join(dir, 'outside'), join(root, 'out-there'));
  for (const [folderOut, detail] of [
    [input, same],
    [join(input, 'out'), same],
    [root, same],
    [join(root, 'again'), same],
    [join(root, 'again', 'new'), same],
    [join(root, 'out-there'), out],
    [join(root, 'out-there', 'new'), out],
    [join(root, 'a', 'b'), out],
    [join(root, 'file'), out],
    [join(dir, 'outside', 'new'), out],
    [join(root, 'x', '..', 'out'), undefined],
  ] as const)
    await t.rejects(
      jobs.begin({ ...order, folderOut: folderOut === join(root, 'out') ? `${root}/x/../out` : folderOut }),
      detail === undefined ? { code: 'FOLDER_REFUSED' } : { code: 'FOLDER_REFUSED', detail },
      folderOut,
    );
  t.notOk(existsSync(output));
  t.same(readdirSync(join(dir, 'outside')), ['doe.dcm']);
  t.same(jobs.list(), []);
  const none = await bench(t, { roots: [] });
  await t.rejects(none.jobs.begin(none.order), {
    code: 'FOLDER_REFUSED',
    detail: 'http.folderRoots is empty',
  });
});

t.test('no job touches the folder of the gateway, though it lie below a root', async (t) => {
  const dir = t.testdirName;
  const { jobs, order, root, ended, input } = await bench(t, { roots: [dir] });
  for (const folderIn of [join(dir, 'data'), join(dir, 'data', 'jobs'), dir])
    await t.rejects(jobs.begin({ ...order, folderIn }), { code: 'FOLDER_REFUSED' });
  await t.rejects(jobs.begin({ ...order, folderOut: join(dir, 'data', 'new') }), { code: 'FOLDER_REFUSED' });
  writeFileSync(join(input, '1'), '1');
  const { id } = await jobs.begin({ ...order, folderOut: join(dir, 'beside-data') });
  t.match(await ended(id), { state: 'completed', redacted: 1 });
  t.ok(existsSync(root));
});

t.test(
  'a folder whose place is taken by a link while the job runs is written to no more than read from',
  async (t) => {
    let swap: () => void = () => undefined;
    const made = await bench(t, { concurrency: 1 }, async (order) => {
      swap();
      return redactText(order);
    });
    const { jobs, root, input, output, order, ended } = made;
    const outside = join(root, '..', 'outside');
    for (const number of [1, 2, 3]) writeFileSync(join(input, String(number)), String(number));
    swap = () => {
      swap = () => undefined;
      renameSync(output, join(root, 'moved'));
      symlinkSync(outside, output);
      renameSync(input, join(root, 'moved-in'));
      symlinkSync(outside, input);
    };
    const { id } = await jobs.begin(order);
    t.match(await ended(id), { state: 'completed', redacted: 3, failed: 0 });
    t.same(readdirSync(outside), ['doe.dcm'], 'nothing was written where the link leads');
    t.equal(readdirSync(join(root, 'moved', '2.25.1', '2.25.2')).length, 3);
  },
);

t.test('a study folder that is a link is not written into', async (t) => {
  const { jobs, root, input, output, order, ended } = await bench(t);
  mkdirSync(output);
  symlinkSync(join(root, '..', 'outside'), join(output, '2.25.1'));
  writeFileSync(join(input, '1'), '1');
  const { id } = await jobs.begin(order);
  t.match(await ended(id), { redacted: 0, failures: { STORAGE_FAILED: 1 } });
  t.same(readdirSync(join(root, '..', 'outside')), ['doe.dcm']);
});

t.test('an output name that is a link to the same content is not taken for the output', async (t) => {
  const { jobs, root, input, output, order, ended } = await bench(t);
  mkdirSync(join(output, '2.25.1', '2.25.2'), { recursive: true });
  writeFileSync(join(root, '..', 'outside', 'same'), '1');
  symlinkSync(join(root, '..', 'outside', 'same'), join(output, '2.25.1', '2.25.2', '2.25.1.dcm'));
  writeFileSync(join(input, '1'), '1');
  t.match(await ended((await jobs.begin(order)).id), { failures: { DUPLICATE_CONTENT_DIFFERS: 1 } });
  linkSync(join(root, '..', 'outside', 'same'), join(root, 'kept'));
});

t.test('a cancelled job ends, keeps what is done, and is not cancelled twice', async (t) => {
  const { jobs, input, order, outputs, output, ended } = await bench(
    t,
    { concurrency: 8 },
    async (task, { signal }) => {
      if (readFileSync(task.input, 'utf8').startsWith('1')) return redactText(task);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new SallyportError('CANCELLED')));
      });
    },
  );
  writeFileSync(join(input, '1'), '1');
  for (const number of [2, 3, 4, 5]) writeFileSync(join(input, String(number)), String(number));
  const { id } = await jobs.begin(order);
  while (jobs.get(id).done === 0) await wait(10);
  t.equal(jobs.cancel(id).id, id);
  t.match(await ended(id), { state: 'cancelled', redacted: 1, code: null });
  await wait(50);
  t.throws(() => jobs.cancel(id), { code: 'JOB_ENDED' });
  t.throws(() => jobs.cancel('x'), { code: 'JOB_UNKNOWN' });
  t.same(outputs(), ['2.25.1/2.25.2/2.25.1.dcm']);
  t.same(readdirSync(output), ['2.25.1']);
});

t.test('jobs, files and depth are limited; a full disk ends the job', async (t) => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { jobs, input, order, root, ended } = await bench(t, { maxRunning: 1, maxFiles: 3 }, async (task) => {
    await gate;
    return redactText(task);
  });
  writeFileSync(join(input, '1'), '1');
  const first = await jobs.begin(order);
  await t.rejects(jobs.begin({ ...order, folderOut: join(root, 'other') }), { code: 'JOBS_BUSY' });
  go();
  await ended(first.id);
  await wait(50);
  for (const number of [2, 3, 4]) writeFileSync(join(input, String(number)), String(number));
  t.match(await ended((await jobs.begin(order)).id), { state: 'failed', code: 'FOLDER_TOO_LARGE' });
  await wait(50);
  const deep = join(root, 'deep');
  mkdirSync(join(deep, ...Array.from({ length: 70 }, () => 'd')), { recursive: true });
  t.match(await ended((await jobs.begin({ ...order, folderIn: deep })).id), { code: 'FOLDER_TOO_LARGE' });
  await wait(50);
  const full = join(root, 'full');
  mkdirSync(full);
  writeFileSync(join(full, '1'), '1 full');
  t.match(await ended((await jobs.begin({ ...order, folderIn: full })).id), {
    state: 'failed',
    code: 'STORAGE_FULL',
  });
});

t.test('a job ends before it takes of the reserve of the disk', async (t) => {
  let worked = 0;
  const { jobs, input, order, outputs, ended } = await bench(
    t,
    { reserveBytes: Number.MAX_SAFE_INTEGER, concurrency: 1 },
    async (given) => {
      worked += 1;
      return redactText(given);
    },
  );
  mkdirSync(input, { recursive: true });
  for (const number of [1, 2, 3]) writeFileSync(join(input, `${number}.dcm`), String(number));
  const { id } = await jobs.begin(order);
  t.match(await ended(id), { state: 'failed', code: 'STORAGE_FULL', redacted: 0 });
  t.same([worked, outputs()], [0, []], 'nothing was begun');
});

t.test('a job that was cut off is told of as interrupted, and what it left aside is removed', async (t) => {
  const first = await bench(t, {}, ({ output }, { signal }) => {
    writeFileSync(output, 'half');
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new SallyportError('CANCELLED')));
    });
  });
  writeFileSync(join(first.input, '1'), '1');
  const { id } = await first.jobs.begin(first.order);
  while (!readdirSync(first.output, { recursive: true }).some((name) => String(name).endsWith('/1')))
    await wait(10);
  // As a killed process leaves it: a second one starts beside it.
  const audited: AuditEntry[] = [];
  const dir = join(first.root, '..');
  const second = new FolderJobs(
    { folder: join(dir, 'data', 'jobs'), roots: [first.root], closed: [join(dir, 'data')], concurrency: 1 },
    {
      work: { redactFile: redactText },
      audit: async (...entries) => void audited.push(...entries),
      emit: () => undefined,
      now: Date.now,
    },
  );
  writeFileSync(join(dir, 'data', 'jobs', 'rubbish.json'), '{');
  await second.start();
  t.teardown(() => second.stop());
  t.match(second.get(id), { state: 'failed', code: 'JOB_INTERRUPTED', files: 0 });
  t.same(readdirSync(first.output), []);
  t.match(audited, [
    { action: 'job.ended', outcome: 'serious-failure', code: 'JOB_INTERRUPTED', object: { id } },
  ]);
  t.notMatch(JSON.stringify(audited), /root/);
  t.same(readdirSync(join(dir, 'data', 'jobs')), [`${id}.json`]);
});

t.test('jobs end with the gateway, as interrupted', async (t) => {
  const { jobs, input, order } = await bench(
    t,
    {},
    (_task, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new SallyportError('CANCELLED')));
      }),
  );
  writeFileSync(join(input, '1'), '1');
  const { id } = await jobs.begin(order);
  await wait(20);
  await jobs.stop();
  t.match(jobs.get(id), { state: 'failed', code: 'JOB_INTERRUPTED' });
  await t.rejects(jobs.begin(order), { code: 'SHUTTING_DOWN' });
});
