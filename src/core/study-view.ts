import {
  type CountedSeries,
  type FhirProgress,
  maxModalities,
  type StudyRow,
  type Tally,
} from './catalogue.ts';
import { fhirDateTime } from './date-time.ts';
import { errorRow, isErrorCode } from './errors.ts';
import { type InstanceState, instanceStates } from './instance.ts';

/** Why instances of a study wait. */
export interface ReasonView {
  readonly state: InstanceState;
  readonly code: string;
  readonly instances: number;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly releasable: boolean;
}

/**
 * What became of posting a study to a FHIR server. `nothing`: nothing of it was delivered yet; `disabled`: there is no server to
 * post it to.
 */
export interface FhirView {
  readonly state: 'disabled' | 'nothing' | 'waiting' | 'retrying' | 'posted' | 'refused';
  readonly postedAt: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
}

/** What people and programs are told of a study: values as they left, our own words and numbers. */
export interface StudyView {
  readonly studyPseudonym: string;
  readonly patientPseudonym: string | null;
  readonly accessionPseudonym: string | null;
  /** FHIR dateTime: a date, or date and time with the offset. */
  readonly started: string | null;
  readonly description: string | null;
  readonly modalities: readonly string[];
  readonly callingAeTitles: readonly string[];
  readonly seriesCount: number;
  readonly instances: Readonly<Record<InstanceState | 'forgotten', number>>;
  readonly reasons: readonly ReasonView[];
  readonly firstReceivedAt: string;
  readonly lastReceivedAt: string;
  readonly changedAt: string;
  readonly fhir: FhirView;
}

export interface SeriesView {
  readonly seriesPseudonym: string;
  readonly modality: string | null;
  readonly number: number | null;
  readonly description: string | null;
  readonly bodyPart: string | null;
  readonly laterality: 'R' | 'L' | null;
  readonly started: string | null;
  /** Prepared or delivered. */
  readonly instances: number;
  readonly frames: number;
}

export interface UnassignedView {
  readonly callingAeTitle: string;
  readonly state: string;
  readonly code: string | null;
  readonly instances: number;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly releasable: boolean;
}

const maxReasons = 64;

/** A row of the catalogue as the HTTP API shows it; `posts`: there is a FHIR server that studies are posted to. */
export function studyViewOf(study: StudyRow, { posts = true } = {}): StudyView {
  const instances = { ...zero };
  for (const tally of study.tallies) instances[tally.state] += tally.instances;
  return {
    studyPseudonym: study.studyPseudonym,
    patientPseudonym: study.patientPseudonym,
    accessionPseudonym: study.accessionPseudonym,
    started: fhirDateTime(study.studyDate, study.studyTime, study.timezoneOffset),
    description: study.description,
    modalities: study.modalities.slice(0, maxModalities),
    callingAeTitles: [...new Set(study.tallies.map(({ callingAeTitle }) => callingAeTitle))]
      .sort()
      .slice(0, maxModalities),
    seriesCount: study.seriesCount,
    instances,
    reasons: reasonsOf(study.tallies),
    firstReceivedAt: timeOf(study.firstReceivedAt),
    lastReceivedAt: timeOf(study.lastReceivedAt),
    changedAt: timeOf(study.changedAt),
    fhir: fhirViewOf(study.fhir, posts),
  };
}

export function seriesViewOf(series: CountedSeries): SeriesView {
  return {
    seriesPseudonym: series.seriesPseudonym,
    modality: series.modality,
    number: series.seriesNumber,
    description: series.seriesDescription,
    bodyPart: series.bodyPart,
    laterality: series.laterality,
    started: fhirDateTime(series.seriesDate, series.seriesTime),
    instances: series.instances,
    frames: series.frames,
  };
}

export function unassignedViewOf({ callingAeTitle, state, code, instances }: Tally): UnassignedView {
  return { callingAeTitle, state, code, instances, ...meaningOf(state, code) };
}

const zero: Readonly<Record<InstanceState | 'forgotten', number>> = {
  received: 0,
  prepared: 0,
  delivered: 0,
  held: 0,
  failed: 0,
  discarded: 0,
  forgotten: 0,
};

/** One for each state and code, whoever sent them; a discarded instance waits for nothing. */
function reasonsOf(tallies: readonly Tally[]): ReasonView[] {
  const counts = new Map<string, ReasonView>();
  for (const { state, code, instances } of tallies) {
    const known = instanceStates.find((name) => name === state);
    if (code === null || known === undefined || known === 'discarded') continue;
    const before = counts.get(`${state} ${code}`)?.instances ?? 0;
    counts.set(`${state} ${code}`, {
      state: known,
      code,
      instances: before + instances,
      ...meaningOf(state, code),
    });
  }
  return [...counts.values()]
    .sort((a, b) => b.instances - a.instances || (a.code < b.code ? -1 : 1))
    .slice(0, maxReasons);
}

function meaningOf(state: string, code: string | null): Pick<ReasonView, 'reason' | 'advice' | 'releasable'> {
  const row = code !== null && isErrorCode(code) ? errorRow(code) : undefined;
  return {
    reason: row?.message ?? null,
    advice: row?.advice ?? null,
    releasable: state === 'held' && row?.releasable === true,
  };
}

function fhirViewOf(fhir: FhirProgress, posts: boolean): FhirView {
  const { version, settledVersion, postedAt, code, detail, attempts, dueAt } = fhir;
  const settled = version === settledVersion;
  const { reason, advice } = meaningOf('', code);
  return {
    // What an earlier server took or refused stays told.
    state:
      version > 0 && settled
        ? code === null
          ? 'posted'
          : 'refused'
        : !posts
          ? 'disabled'
          : version === 0
            ? 'nothing'
            : attempts > 0
              ? 'retrying'
              : 'waiting',
    postedAt: postedAt === null ? null : timeOf(postedAt),
    code,
    detail,
    reason,
    advice,
    attempts,
    nextAttemptAt: posts && !settled && attempts > 0 && dueAt > 0 ? timeOf(dueAt) : null,
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
