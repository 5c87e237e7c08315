import type { AuditAction } from '../core/audit.ts';

/** A code of CID 400 to 403 of PS3.16, by which PS3.15 A.5.3 names events, their types and the parts participants play. */
export interface AuditCode {
  readonly code: string;
  readonly meaning: string;
}

const event = {
  applicationActivity: { code: '110100', meaning: 'Application Activity' },
  auditLogUsed: { code: '110101', meaning: 'Audit Log Used' },
  accessed: { code: '110103', meaning: 'DICOM Instances Accessed' },
  transferred: { code: '110104', meaning: 'DICOM Instances Transferred' },
  export: { code: '110106', meaning: 'Export' },
  import: { code: '110107', meaning: 'Import' },
  securityAlert: { code: '110113', meaning: 'Security Alert' },
  userAuthentication: { code: '110114', meaning: 'User Authentication' },
} as const satisfies Record<string, AuditCode>;

const type = {
  applicationStart: { code: '110120', meaning: 'Application Start' },
  applicationStop: { code: '110121', meaning: 'Application Stop' },
  login: { code: '110122', meaning: 'Login' },
  logout: { code: '110123', meaning: 'Logout' },
  securityConfiguration: { code: '110129', meaning: 'Security Configuration' },
  softwareConfiguration: { code: '110131', meaning: 'Software Configuration' },
  restrictedFunction: { code: '110132', meaning: 'Use of Restricted Function' },
  userSecurityAttributes: { code: '110137', meaning: 'User Security Attributes Changed' },
} as const satisfies Record<string, AuditCode>;

export const role = {
  application: { code: '110150', meaning: 'Application' },
  destination: { code: '110152', meaning: 'Destination Role ID' },
  source: { code: '110153', meaning: 'Source Role ID' },
  destinationMedia: { code: '110154', meaning: 'Destination Media' },
} as const satisfies Record<string, AuditCode>;

/** ParticipantObjectDataLifeCycle of RFC 3881. */
const lifeCycle = {
  import: 2,
  amendment: 3,
  access: 6,
  deidentification: 7,
  export: 10,
  erasure: 15,
} as const;

/** What an action is in the words of PS3.15 A.5.3. */
export interface AuditEvent {
  readonly event: AuditCode;
  readonly type?: AuditCode;
  /** EventActionCode: create, read, update, delete, execute. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** ParticipantObjectDataLifeCycle. */
  readonly lifeCycle?: number;
  /** Where data goes between the actor and the gateway: the roles of both. */
  readonly flow?: 'in' | 'out';
}

const accessed = (action: AuditEvent['action'], at: number): AuditEvent => ({
  event: event.accessed,
  action,
  lifeCycle: at,
});
const alert = (of: AuditCode): AuditEvent => ({ event: event.securityAlert, type: of, action: 'E' });
const exported: AuditEvent = { event: event.export, action: 'R', lifeCycle: lifeCycle.export, flow: 'out' };

export const auditEvents: Readonly<Record<AuditAction, AuditEvent>> = {
  'gateway.started': { event: event.applicationActivity, type: type.applicationStart, action: 'E' },
  'gateway.stopped': { event: event.applicationActivity, type: type.applicationStop, action: 'E' },
  'instance.received': { event: event.transferred, action: 'C', lifeCycle: lifeCycle.import, flow: 'in' },
  // A.5.3.7: "R" where the receiver already had a copy.
  'instance.duplicate': { event: event.transferred, action: 'R', lifeCycle: lifeCycle.import, flow: 'in' },
  'instance.prepared': accessed('U', lifeCycle.deidentification),
  'instance.delivered': exported,
  'instance.held': accessed('U', lifeCycle.access),
  'instance.failed': accessed('U', lifeCycle.access),
  'instance.retried': accessed('U', lifeCycle.access),
  'instance.released': accessed('U', lifeCycle.amendment),
  'instance.discarded': accessed('D', lifeCycle.erasure),
  'instance.erased': accessed('D', lifeCycle.erasure),
  'instance.forgotten': accessed('D', lifeCycle.erasure),
  'instance.viewed-frames': accessed('R', lifeCycle.access),
  'instance.viewed-original': accessed('R', lifeCycle.access),
  'file.uploaded': { event: event.import, action: 'C', lifeCycle: lifeCycle.import, flow: 'in' },
  'file.anonymized': accessed('U', lifeCycle.deidentification),
  'file.viewed': accessed('R', lifeCycle.access),
  'file.downloaded': exported,
  'file.expired': accessed('D', lifeCycle.erasure),
  'file.removed': accessed('D', lifeCycle.erasure),
  'file.erased': accessed('D', lifeCycle.erasure),
  'file.processed': accessed('U', lifeCycle.deidentification),
  'job.started': accessed('U', lifeCycle.deidentification),
  'job.ended': accessed('U', lifeCycle.deidentification),
  'fhir.read': exported,
  'fhir.requested': { event: event.export, action: 'E' },
  'connection.tested': { event: event.applicationActivity, action: 'E' },
  'fhir.posted': exported,
  'study.test-sent': { event: event.transferred, action: 'C', flow: 'out' },
  'configuration.loaded': alert(type.softwareConfiguration),
  'profile.loaded': alert(type.softwareConfiguration),
  'key.created': alert(type.securityConfiguration),
  'key.loaded': alert(type.securityConfiguration),
  'crosswalk.searched': alert(type.restrictedFunction),
  'session.opened': { event: event.userAuthentication, type: type.login, action: 'E' },
  'session.closed': { event: event.userAuthentication, type: type.logout, action: 'E' },
  'session.refused': { event: event.userAuthentication, type: type.login, action: 'E' },
  'access.refused': alert(type.restrictedFunction),
  'token.created': alert(type.userSecurityAttributes),
  'token.found': alert(type.userSecurityAttributes),
  'token.revoked': alert(type.userSecurityAttributes),
  'audit.read': { event: event.auditLogUsed, action: 'R' },
  'audit.exported': { event: event.auditLogUsed, action: 'R' },
  'audit.kept': { event: event.auditLogUsed, action: 'R' },
  // No type of CID 401 means a loss of records; ours (EventTypeCode of 99SALLYPORT) stands alone.
  'audit.damaged': { event: event.securityAlert, action: 'E' },
  'audit.pruned': { event: event.auditLogUsed, action: 'D' },
};
