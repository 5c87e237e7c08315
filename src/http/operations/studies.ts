import type { StudyFilter } from '../../core/catalogue.ts';
import { SallyportError } from '../../core/errors.ts';
import { seriesViewOf, studyViewOf, unassignedViewOf } from '../../core/study-view.ts';
import type { Ledger } from '../../spool/backend.ts';
import { auditActorOf } from '../audit-actor.ts';
import {
  noContent,
  numberOf,
  type OperationRequest,
  type Operations,
  ok,
  optionalText,
  textOf,
  timeOf,
} from '../operation.ts';
import { before, defined, statesOf } from './instances.ts';

export interface StudySource {
  readonly ledger: Ledger;
  /** Report over a study as it was written down. Rejects with STUDY_UNKNOWN. */
  readonly report: (study: string, signal: AbortSignal) => Promise<object>;
  /** FHIR R4 ImagingStudy of a study; undefined where there is none. */
  readonly imagingStudy: (study: string) => Promise<object | undefined>;
  /** A study is to be posted to the FHIR server again. False: there is no such study. */
  readonly repost: (study: string) => Promise<boolean>;
  /** There is a FHIR server that studies are posted to. */
  readonly posts: boolean;
}

/** Series of one study that are told. */
const maxSeries = 1000;
/** Groups of instances without a study that are told. */
const maxGroups = 500;

/** Studies by their pseudonyms: how far each is, and what a FHIR server is told of it. */
export function studyOperations(source: StudySource): Operations {
  const { ledger, posts } = source;
  const recorded = (
    action: 'fhir.read' | 'fhir.requested',
    id: string,
    { actor, address }: Pick<OperationRequest, 'actor' | 'address'>,
  ): Promise<void> =>
    ledger.audit.append({
      actor: auditActorOf(actor(), address),
      action,
      object: { kind: 'study', id },
    });
  return {
    listStudies: async ({ query }) => {
      const states = statesOf(optionalText(query.state));
      const filter: StudyFilter = {
        limit: numberOf(query.limit),
        ...defined('studyPseudonym', optionalText(query.study)),
        ...defined('patientPseudonym', optionalText(query.patient)),
        ...defined('callingAeTitle', optionalText(query.callingAeTitle)?.trim()),
        ...defined('states', states),
        ...defined('code', optionalText(query.code)),
        ...defined('modality', optionalText(query.modality)),
        ...defined('receivedFrom', timeOf(query.receivedFrom)),
        ...defined('receivedTo', before(timeOf(query.receivedTo))),
        ...defined('fhir', optionalText(query.fhir) as StudyFilter['fhir']),
        ...defined('cursor', optionalText(query.cursor)),
      };
      const { studies, next } = await ledger.catalogue.list(filter);
      return ok({ studies: studies.map((study) => studyViewOf(study, { posts })), next });
    },
    getStudy: async ({ params }) => {
      const pseudonym = textOf(params.study);
      const study = await ledger.catalogue.get(pseudonym);
      if (study === undefined) throw new SallyportError('STUDY_UNKNOWN');
      const series = await ledger.catalogue.series(pseudonym, maxSeries + 1);
      return ok({
        ...studyViewOf(study, { posts }),
        series: series.slice(0, maxSeries).map(seriesViewOf),
        seriesLeftOut: Math.max(0, series.length - maxSeries),
      });
    },
    listUnassigned: async () =>
      ok({ groups: (await ledger.catalogue.unassigned(maxGroups)).map(unassignedViewOf) }),
    getStudyReport: async ({ params, signal }) => ok(await source.report(textOf(params.study), signal)),
    repostStudy: async (request) => {
      const study = textOf(request.params.study);
      const known = await ledger.catalogue.get(study);
      if (known === undefined || known.fhir.version === 0) throw new SallyportError('STUDY_UNKNOWN');
      await recorded('fhir.requested', study, request);
      if (!(await source.repost(study))) throw new SallyportError('STUDY_UNKNOWN');
      return noContent;
    },
    getImagingStudy: async (request) => {
      const study = textOf(request.params.id);
      const resource = await source.imagingStudy(study);
      if (resource === undefined) throw new SallyportError('STUDY_UNKNOWN');
      await recorded('fhir.read', study, request);
      return { status: 200, body: resource, contentType: 'application/fhir+json' };
    },
  };
}
