import t from 'tap';
import { ApiError } from '../../src/dashboard/api/client.ts';
import { actOnAll, refusalsOf } from '../../src/dashboard/instances/act.ts';
import { instantOf, readFilters, sent } from '../../src/dashboard/instances/filters.ts';
import { canBe, releaseAsIsText } from '../../src/dashboard/instances/instance-words.ts';
import { rowsOf } from '../../src/dashboard/profiles/profile-rows.ts';
import { rowsFor } from '../../src/dashboard/report/report-rows.ts';
import { framesText, releaseTexts } from '../../src/dashboard/review/box-words.ts';
import { shownSize, sideFor } from '../../src/dashboard/review/view.ts';
import { progressOf, progressText } from '../../src/dashboard/studies/progress.ts';
import { report } from './fixtures/report.ts';
import { heldInstance, instance, study } from './fixtures/work.ts';

t.test(
  'a few instances at once are acted upon, and one that is refused does not keep the others',
  async (t) => {
    let now = 0;
    let most = 0;
    const ids = Array.from({ length: 20 }, (_, index) => `id${index}`);
    const outcomes = await actOnAll(
      'retry',
      ids,
      () => undefined,
      async (_, id) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 1));
        now -= 1;
        if (id === 'id3' || id === 'id7') throw new ApiError(409, 'not so', { code: 'STATE_CONFLICT' });
      },
    );
    t.equal(most, 4);
    t.equal(outcomes.length, 20);
    t.same(refusalsOf(outcomes), [
      { title: 'not so', code: 'STATE_CONFLICT', advice: undefined, ids: ['id3', 'id7'] },
    ]);
  },
);

t.test('once the gateway cannot be reached, or the session has ended, the rest is not tried', async (t) => {
  for (const status of [0, 401, 403]) {
    let asked = 0;
    const ids = Array.from({ length: 20 }, (_, index) => `id${index}`);
    const outcomes = await actOnAll(
      'discard',
      ids,
      () => undefined,
      () => {
        asked += 1;
        return Promise.reject(new ApiError(status, 'gone'));
      },
    );
    t.ok(asked <= 4, `${asked} asked`);
    t.equal(outcomes.filter(({ error }) => error !== undefined).length, 20, 'and all are told of');
  }
});

t.test('what can be done with an instance, and what a release lets leave', async (t) => {
  t.same(
    (['retry', 'release', 'discard'] as const).map((action) => canBe(action, heldInstance())),
    [true, true, true],
  );
  t.equal(canBe('release', instance({ state: 'failed' })), false);
  t.equal(canBe('retry', instance()), false);
  t.match(releaseAsIsText(heldInstance({ code: 'BURNED_IN_TEXT_RISK' })), /leave as they were received/);
  const drawnBoxes = [{ frame: null, left: 1, top: 1, width: 1, height: 1 }];
  t.match(releaseAsIsText(heldInstance({ drawnBoxes })), /1 box of an earlier release is blanked again/);
  t.match(releaseAsIsText(heldInstance({ drawnBoxes: [] })), /nothing is to be blanked/);
});

t.test('filters of an address are checked as the contract does', async (t) => {
  const query = new URLSearchParams(
    'state=held,failed&code=burned&ae=PACS&study=2.25.1&from=2026-11-20T10:00',
  );
  const filters = readFilters(query, ['state', 'code', 'ae', 'study', 'from', 'to']);
  t.equal(sent(filters, 'state'), 'held,failed');
  t.equal(sent(filters, 'code'), undefined);
  t.match(filters.faults.code, /capitals/);
  t.equal(sent(filters, 'to'), undefined);
  t.equal(instantOf(sent(filters, 'from')), new Date('2026-11-20T10:00').toISOString());
  t.equal(instantOf('yesterday'), undefined);
  t.match(readFilters(new URLSearchParams('state=lost&study=a%20b'), ['state', 'study']).faults, {
    state: /One of held/,
    study: /digits and dots/,
  });
});

t.test('progress is told in words, with rows that retention removed', async (t) => {
  t.equal(progressText(study()), '40 of 47 delivered, 1 prepared, 2 received, 3 held, 1 failed');
  const none = { received: 0, prepared: 0, delivered: 0, held: 0, failed: 0, discarded: 0, forgotten: 0 };
  t.equal(progressText({ instances: { ...none, delivered: 2, forgotten: 5 } }), 'all 7 delivered');
  t.equal(progressText({ instances: none }), 'no instance left');
  const [, , held] = progressOf({ instances: { ...none, delivered: 9999, received: 1, held: 1 } });
  t.ok((held?.percent ?? 0) >= 2, 'one in thousands can still be seen');
});

t.test('attributes are found by keyword, tag, rule, action', async (t) => {
  const found = (search: string, action?: 'removed' | 'kept') =>
    rowsFor(report.attributes, action, search, (rule) => rule).map(({ keyword }) => keyword);
  t.same(found('(0010,0010)'), ['PatientName']);
  t.same(found('00100010'), ['PatientName']);
  t.same(found('table-e1-1', 'removed'), ['PatientAddress']);
  t.equal(found('').length, report.attributes.length);
  t.same(found('no such thing'), []);
  const row = {
    tag: '(0010,0010)',
    keyword: 'PatientName',
    vr: 'PN',
    action: 'emptied',
    why: 'Table E.1-1: Z',
  };
  const rows = [{ ...row, outcome: 'emptied' as const }];
  for (const search of ['patient name', '0010,0010', '(0010,0010)', 'Emptied', 'e.1-1'])
    t.equal(rowsOf(rows, undefined, search).length, 1, search);
  t.equal(rowsOf(rows, 'kept', '').length, 0);
});

t.test('a release with boxes is told before it is done', async (t) => {
  const box = { id: 1, left: 0, top: 0, width: 1, height: 1, frames: 1, found: null };
  const told = (...args: Parameters<typeof releaseTexts>) => releaseTexts(...args).join(' ');
  t.match(told([{ ...box, frame: null }], 0, 0, 0), /1 box is blanked: 1 in all frames\./);
  t.match(told([], 0, 0, 0), /Nothing is blanked: the pixels leave as they were received/);
  t.match(told([], 2, 0, 1), /blanked all the same.*2 places where the gateway found text are not covered/);
  t.match(told([], 0, 3, 0), /3 more places were found than this page can list/);
  t.equal(framesText({ frame: 2, frames: 3 }), 'frames 2 to 4');
});

t.test('a picture is shown as large as there is room for, each axis by itself', async (t) => {
  const extent = { columns: 640, rows: 480 };
  t.same(shownSize('fit', extent, 4 / 3, { width: 400, height: 1000 }), { width: 400, height: 300 });
  t.same(shownSize('fit', extent, 4 / 3, { width: 4000, height: 300 }), { width: 400, height: 300 });
  // Pixels twice as high as wide: the rendered picture is 640 by 960.
  t.same(shownSize('2', extent, 640 / 960, { width: 10, height: 10 }), { width: 1280, height: 1920 });
  t.equal(sideFor({ width: 400, height: 300 }, 1, extent), 400);
  t.equal(sideFor({ width: 401, height: 300 }, 2, extent), 1600);
  t.equal(sideFor({ width: 20_000, height: 300 }, 3, { columns: 20_000, rows: 20_000 }), 8192);
});
