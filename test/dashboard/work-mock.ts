import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { countUncovered } from '../../src/core/box-lists.ts';
import type { DrawnBox } from '../../src/core/redaction.ts';
import { explainProfile } from '../../src/profiles/explain.ts';
import { loadProfileWithSource } from '../../src/profiles/profile-files.ts';
import { beyondAttributes } from '../../src/profiles/profile-page.ts';
import { liveHistory, liveStatus } from './fixtures/live.ts';
import { ultrasound } from './fixtures/pictures.ts';
import { report } from './fixtures/report.ts';
import * as work from './fixtures/work.ts';
import { type MockAnswer, type MockGateway, type MockRequest, startMockGateway } from './mock-gateway.ts';

const contract: unknown = parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'openapi', 'gateway.yaml'), 'utf8'),
  { merge: true },
);

/** A problem document, as the gateway writes it. */
export function problem(status: number, code: string, title: string, advice = 'look at it'): MockAnswer {
  return { status, json: { type: 'about:blank', status, title, code, advice } };
}

/** Instances the mock keeps, which retry, release and discard change. */
export interface WorkMock extends MockGateway {
  readonly instances: Map<string, work.Instance>;
}

/** A gateway with studies, held instances that can be decided on, pictures that follow the boxes, and the standard profile. */
export async function startWorkMock(t: Test): Promise<WorkMock> {
  const mock = await startMockGateway(t);
  const instances = new Map(work.someInstances().map((one) => [one.id, one]));
  const one = ({ path }: MockRequest): work.Instance | undefined => instances.get(path.split('/')[3] ?? '');
  const unknown = problem(404, 'INSTANCE_UNKNOWN', 'no instance has this id');
  const frameOf = ({ path }: MockRequest): number => Number(/frames\/(\d+)/.exec(path)?.[1] ?? 1);
  const picture = async (request: MockRequest, boxes: readonly DrawnBox[]): Promise<MockAnswer> => ({
    picture: await ultrasound(frameOf(request), boxes),
    headers: { 'x-frame-columns': String(work.columns), 'x-frame-rows': String(work.rows) },
  });
  const boxesOf = (body: unknown): readonly DrawnBox[] | undefined =>
    (body as { boxes?: readonly DrawnBox[] } | undefined)?.boxes;

  mock.answer('GET', '/api/instances', ({ query }) => {
    const states = query.get('state')?.split(',');
    const code = query.get('code');
    const all = [...instances.values()]
      .filter(({ state }) => states === undefined || states.includes(state))
      .filter((instance) => code === null || instance.code === code);
    const from = all.findIndex(({ id }) => id === query.get('after')) + 1;
    const limit = Number(query.get('limit') ?? 100);
    const page = all.slice(from, from + limit);
    return { json: { instances: page, next: from + limit < all.length ? (page.at(-1)?.id ?? null) : null } };
  });
  mock.answer('GET', '/api/instances/{id}', (request) => {
    const instance = one(request);
    return instance === undefined ? unknown : { json: instance };
  });
  mock.answer('GET', '/api/instances/{id}/frames', () => ({
    json: {
      ...{ columns: work.columns, rows: work.rows, frames: work.frames },
      photometricInterpretation: 'MONOCHROME2',
    },
  }));
  mock.answer('GET', '/api/instances/{id}/original/frames/{frame}', (request) => picture(request, []));
  mock.answer('GET', '/api/instances/{id}/frames/{frame}', (request) =>
    one(request)?.state === 'held'
      ? problem(409, 'TEXT_LEFT_IN_PIXELS', 'text is still found in the pixels')
      : picture(request, []),
  );
  mock.answer('POST', '/api/instances/{id}/frames/{frame}/preview', (request) =>
    picture(request, [...(boxesOf(request.body) ?? []), { ...work.foundBorder }]),
  );
  const change = (request: MockRequest, set: Partial<work.Instance>): MockAnswer => {
    const instance = one(request);
    if (instance === undefined) return unknown;
    if (instance.state !== 'held' && instance.state !== 'failed')
      return problem(409, 'STATE_CONFLICT', 'the instance is not in a state that allows this');
    const after = { ...instance, code: null, reason: null, advice: null, releasable: false, ...set };
    instances.set(instance.id, after);
    return { json: after };
  };
  mock.answer('POST', '/api/instances/{id}/release', (request) => {
    const boxes = boxesOf(request.body);
    const instance = one(request);
    const { replaceFound } = (request.body ?? {}) as { replaceFound?: boolean };
    if (instance?.releasable === false)
      return problem(409, 'NOT_RELEASABLE', 'the reason this instance is held cannot be waived by a person');
    const found = { boxes: instance?.boxes ?? [], leftOut: instance?.boxesLeftOut ?? 0 };
    if (boxes !== undefined && replaceFound !== true && countUncovered(found, boxes) > 0)
      return problem(
        409,
        'BOXES_INCOMPLETE',
        'the boxes leave uncovered what was found as text in this instance',
      );
    return change(request, { state: 'received', drawnBoxes: boxes === undefined ? null : [...boxes] });
  });
  mock.answer('POST', '/api/instances/{id}/retry', (request) => change(request, { state: 'received' }));
  mock.answer('POST', '/api/instances/{id}/discard', (request) => change(request, { state: 'discarded' }));
  mock.answer('GET', '/api/instances/{id}/report', { json: report });
  mock.answer('GET', '/api/studies', { json: { studies: work.someStudies(), next: null } });
  mock.answer('GET', '/api/studies/unassigned', { json: work.unassigned });
  mock.answer('GET', '/api/studies/{study}', { json: work.studyDetail() });
  mock.answer('GET', '/api/studies/{study}/report', { json: report });
  mock.answer('POST', '/api/studies/{study}/repost', () => ({ status: 204 }));
  mock.answer('GET', '/api/status', () => ({ json: liveStatus({ alarms: [] }) }));
  mock.answer('GET', '/api/status/history', () => ({ json: liveHistory() }));
  answerProfiles(mock);
  mock.answer('GET', '/openapi.json', { json: contract });
  return { ...mock, instances };
}

/** The profiles the product ships, explained by the product itself. */
function answerProfiles(mock: MockGateway): void {
  const loaded = loadProfileWithSource('basic');
  const { definition, revision } = loaded.profile;
  const summary = {
    ...{ name: definition.name, revision, description: definition.description },
    ...{ standard: true, callingAeTitles: [], options: [...definition.options] },
  };
  const research = loadProfileWithSource(
    fileURLToPath(new URL('./fixtures/research-profile.yaml', import.meta.url)),
  );
  const other = { ...summary, name: 'research', standard: false, callingAeTitles: ['CT_ER', 'MR_2'] };
  mock.answer('GET', '/api/profiles', { json: { profiles: [summary, other] } });
  mock.answer('GET', '/api/profiles/{name}', ({ query, path }) => {
    const modality = query.get('modality');
    const asked = path.endsWith('/research') ? research : loaded;
    const attributes = explainProfile(asked.profile, asked.ruleLines, modality === null ? {} : { modality });
    const beyond = [...beyondAttributes(asked)].map((line) => line.trim());
    const counts: Record<string, number> = {};
    for (const { outcome } of attributes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    const lines = [
      'Base: Basic Profile of PS3.15',
      'Text in the pixels is blanked where it may identify somebody',
    ];
    return { json: { ...(asked === research ? other : summary), lines, beyond, counts, attributes } };
  });
}
