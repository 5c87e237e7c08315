import { type AuditRecord, auditActions, isAuditAction } from '../core/audit.ts';
import { type AuditCode, type AuditEvent, auditEvents, role } from './event-codes.ts';

/** Who reports, as the receiver tells its sources apart. */
export interface AuditSource {
  /** AuditSourceID: unique among the sources of a site. */
  readonly id: string;
  /** AuditEnterpriseSiteID; empty: none. */
  readonly siteId: string;
  readonly aeTitle: string;
}

const dicom = 'DCM';
/** Ours: PS3.16 leaves coding scheme designators that begin with 99 to whoever uses them. */
const own = '99SALLYPORT';
/** RFC 3881 AuditSourceTypeCode: application server process. */
const applicationServer = '4';
const outcomes: Readonly<Record<string, string>> = {
  success: '0',
  'minor-failure': '4',
  'serious-failure': '8',
  'major-failure': '12',
};
/** A record that was tampered with may hold any words: serious. */
const otherOutcome = '8';
const otherEvent: AuditEvent = {
  event: { code: '110113', meaning: 'Security Alert' },
  action: 'E',
};

/**
 * A record as DICOM Audit Message (PS3.15 A.5.1), XML on one line. Objects are instances, files, profiles, sessions ... by our
 * ids, and the study of an instance where `study`, its pseudonymous Study Instance UID, is known (A.5.3 wants it of instances
 * accessed, transferred and exported). No patient is named: identifiers are no part of the trail. A last object carries
 * sequence number and hash of the record, so that a receiver holds the heads by which `audit verify --head` proves the chain.
 */
export function auditMessage(record: AuditRecord, source: AuditSource, study?: string): string {
  const known = isAuditAction(record.action);
  const event = known ? auditEvents[record.action as keyof typeof auditEvents] : otherEvent;
  const meaning = known
    ? auditActions[record.action as keyof typeof auditActions]
    : 'an action of another version';
  return [
    '<?xml version="1.0" encoding="UTF-8"?><AuditMessage>',
    element('EventIdentification', {
      EventActionCode: event.action,
      EventDateTime: record.at,
      EventOutcomeIndicator: outcomes[record.outcome] ?? otherOutcome,
    })(
      coded('EventID', event.event, dicom),
      event.type === undefined ? '' : coded('EventTypeCode', event.type, dicom),
      coded('EventTypeCode', { code: record.action, meaning }, own),
      // The code of the error registry: a word, never a text.
      record.code === null ? '' : element('EventOutcomeDescription', {})(escaped(record.code)),
    ),
    ...participants(record, event, source),
    element('AuditSourceIdentification', {
      ...(source.siteId === '' ? {} : { AuditEnterpriseSiteID: source.siteId }),
      AuditSourceID: source.id,
    })(
      element('AuditSourceTypeCode', {
        'csd-code': applicationServer,
        codeSystemName: 'RFC-3881',
        originalText: 'Application Server Process',
      })(),
    ),
    study === undefined || record.object.kind !== 'instance' ? '' : studyObject(study, event),
    record.object.kind === 'study' ? studyObject(record.object.id, event) : subject(record, event),
    element('ParticipantObjectIdentification', {
      ParticipantObjectID: `${record.sequence}:${record.hash}`,
      ParticipantObjectTypeCode: '2',
      ParticipantObjectTypeCodeRole: '13',
    })(
      coded(
        'ParticipantObjectIDTypeCode',
        { code: 'audit-record', meaning: 'Sequence and SHA-256 of the record' },
        own,
      ),
      element('ParticipantObjectName', {})('audit-record'),
    ),
    '</AuditMessage>',
  ].join('');
}

function participants({ actor }: AuditRecord, event: AuditEvent, source: AuditSource): string[] {
  const byGateway = actor.kind === 'gateway';
  const gatewayRole =
    event.flow === undefined ? role.application : event.flow === 'in' ? role.destination : role.source;
  const gateway = element('ActiveParticipant', {
    UserID: source.id,
    AlternativeUserID: `AETITLES=${source.aeTitle}`,
    UserIsRequestor: byGateway ? 'true' : 'false',
  })(coded('RoleIDCode', gatewayRole, dicom));
  if (byGateway) {
    if (event.flow !== 'out') return [gateway];
    // A.5.3.5: an export names where it goes.
    const backend = element('ActiveParticipant', { UserID: 'backend', UserIsRequestor: 'false' })(
      coded('RoleIDCode', role.destinationMedia, dicom),
    );
    return [gateway, backend];
  }
  const address =
    actor.address === null ? {} : { NetworkAccessPointID: actor.address, NetworkAccessPointTypeCode: '2' };
  const other = element('ActiveParticipant', {
    UserID: actor.name,
    ...(actor.kind === 'ae' ? { AlternativeUserID: `AETITLES=${actor.name}` } : {}),
    UserIsRequestor: 'true',
    ...address,
  })(
    event.flow === undefined
      ? ''
      : coded('RoleIDCode', event.flow === 'in' ? role.source : role.destination, dicom),
    coded('RoleIDCode', { code: actor.kind, meaning: `Known as ${actor.kind}` }, own),
  );
  return [other, gateway];
}

/** PS3.15 A.5.3: system object, report. SOPClass, wanted with counts and UIDs of instances only, is left out with them. */
function studyObject(study: string, { lifeCycle }: AuditEvent): string {
  return element('ParticipantObjectIdentification', {
    ParticipantObjectID: study,
    ParticipantObjectTypeCode: '2',
    ParticipantObjectTypeCodeRole: '3',
    ...(lifeCycle === undefined ? {} : { ParticipantObjectDataLifeCycle: String(lifeCycle) }),
  })(
    coded('ParticipantObjectIDTypeCode', { code: '110180', meaning: 'Study Instance UID' }, dicom),
    element('ParticipantObjectName', {})('study'),
  );
}

function subject({ object, profileRevision }: AuditRecord, event: AuditEvent): string {
  return element('ParticipantObjectIdentification', {
    ParticipantObjectID: object.id,
    ParticipantObjectTypeCode: '2',
    ParticipantObjectTypeCodeRole: object.kind === 'job' ? '20' : securityKinds.has(object.kind) ? '13' : '3',
    ...(event.lifeCycle === undefined ? {} : { ParticipantObjectDataLifeCycle: String(event.lifeCycle) }),
  })(
    coded('ParticipantObjectIDTypeCode', { code: object.kind, meaning: `Sallyport ${object.kind} id` }, own),
    element('ParticipantObjectName', {})(escaped(object.kind)),
    profileRevision === null
      ? ''
      : element('ParticipantObjectDetail', {
          type: 'profileRevision',
          value: Buffer.from(profileRevision).toString('base64'),
        })(),
  );
}

const securityKinds: ReadonlySet<string> = new Set([
  'key',
  'profile',
  'token',
  'session',
  'audit',
  'crosswalk',
  'route',
]);

function coded(name: string, { code, meaning }: AuditCode, system: string): string {
  return element(name, { 'csd-code': code, codeSystemName: system, originalText: meaning })();
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
): (...children: readonly string[]) => string {
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return (...children) => {
    const inner = children.join('');
    return inner === '' ? `<${name}${head.join('')}/>` : `<${name}${head.join('')}>${inner}</${name}>`;
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
