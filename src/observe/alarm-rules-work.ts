import { errorRow } from '../core/errors.ts';
import { type AlarmRule, alarm, isRecent } from './alarm-rule.ts';

/** Free space below so many times the reserve: time to act before anything is refused. */
export const diskWarningTimesReserve = 2;
/** Age of the oldest instance that still has a way to go. */
export const oldestWaitingWarningMs = 15 * 60_000;
export const oldestWaitingCriticalMs = 2 * 60 * 60_000;
/** Worker threads replaced within an hour: one may be one bad instance, several are not. */
export const workersReplacedWarning = 3;
export const workersReplacedCritical = 20;
/** Rejections within an hour that are worth a look. */
export const rejectionsWarning = 3;
/** Associations open, as a part of dimse.maxAssociations. */
export const associationsFullFrom = 0.9;

/** How long it is shown that studies were given up. */
const givenUpShownMs = 7 * 24 * 60 * 60_000;

const disk: AlarmRule = ({ storage }) => {
  const free = `${size(storage.freeBytes)} free, ${size(storage.reserveBytes)} reserved`;
  if (storage.low) {
    return alarm(
      'disk-low',
      'critical',
      'The disk is full: nothing is received',
      `The storage folder is below its reserve (${free}). Associations are rejected until there is room.`,
      'Free disk space now. Held and failed instances keep their files: decide about them. Lowering storage.reserve gives a little time.',
    );
  }
  if (storage.freeBytes >= storage.reserveBytes * diskWarningTimesReserve) return undefined;
  return alarm(
    'disk-getting-low',
    'warning',
    'The disk is getting full',
    `The storage folder comes near its reserve (${free}). Below it, nothing is received any more.`,
    'Free disk space, give the folder a larger disk, or see why instances wait or are held.',
  );
};

const destination: AlarmRule = ({ destinations, backlog }) => {
  if (destinations.length === 0) {
    return alarm(
      'no-backend',
      'critical',
      'No backend is configured',
      `Instances are received and kept, and none is delivered (${count(backlog.waiting, 'instance')} waiting).`,
      'Set backend.baseUrl and restart the gateway.',
    );
  }
  const resting = destinations.find(({ state }) => state !== 'closed');
  if (resting === undefined) return undefined;
  // When exactly stands beside the destination, in the time of whoever looks.
  const next =
    resting.retryAt === null ? 'It is being tried now.' : 'It is tried again by itself, after a pause.';
  if (resting.lastCode === 'BACKEND_UNAUTHORIZED') {
    return alarm(
      'destination-refuses-credentials',
      'critical',
      'The backend refuses our credentials',
      `${resting.name} answered ${resting.lastHttpStatus ?? 'no'} to the last post. ${next}`,
      'Correct backend.auth, or the permissions in the backend. Delivery then goes on by itself.',
    );
  }
  const reason = resting.lastCode === null ? 'it asked for a pause' : errorRow(resting.lastCode).message;
  return alarm(
    'destination-resting',
    'critical',
    'Delivery to the backend rests',
    `${resting.name}: ${reason}. ${count(backlog.waiting, 'instance')} waiting, safe on disk. ${next}`,
    'Look at the backend and the network to it. Delivery goes on by itself; nothing is lost.',
  );
};

const oldest: AlarmRule = ({ backlog, destinations }) => {
  // With a reason of its own on top, this one would only repeat it.
  const explained = destinations.length === 0 || destinations.some(({ state }) => state !== 'closed');
  if (explained || backlog.oldestWaitingMs < oldestWaitingWarningMs) return undefined;
  return alarm(
    'oldest-waiting',
    backlog.oldestWaitingMs >= oldestWaitingCriticalMs ? 'critical' : 'warning',
    'Instances wait long',
    `The oldest of ${count(backlog.waiting, 'waiting instance')} came ${minutes(backlog.oldestWaitingMs)} ago.`,
    'See whether more arrives than is worked off (charts), whether workers are busy all the time, and which instances are retried.',
  );
};

const held: AlarmRule = ({ backlog }) =>
  backlog.held.instances === 0
    ? undefined
    : alarm(
        'instances-held',
        'warning',
        `${count(backlog.held.instances, 'instance')} wait${backlog.held.instances === 1 ? 's' : ''} for a person`,
        'They are held, safe on disk, because the gateway may not decide about them alone.',
        'Open the held instances: each tells its reason and what can be done (release, blank regions, retry, discard).',
      );

const failed: AlarmRule = ({ backlog }) =>
  backlog.failed.instances === 0
    ? undefined
    : alarm(
        'instances-failed',
        'warning',
        `${count(backlog.failed.instances, 'instance')} failed for good`,
        'They are safe on disk and will not be tried again by themselves.',
        'Open the failed instances, put right what the reason says, then retry or discard them.',
      );

const ledger: AlarmRule = (input) =>
  input.backlog.stale || isRecent(input, 'ledger')
    ? alarm(
        'ledger-not-answering',
        'critical',
        'The ledger of instances does not answer',
        'The database in the storage folder could not be read or written.',
        'Look at the disk of the storage folder and at the log. What was answered with Success is safe.',
      )
    : undefined;

const reports: AlarmRule = (input) =>
  isRecent(input, 'reports')
    ? alarm(
        'reports-failing',
        'warning',
        'De-identification reports are being lost',
        'Lines of reports could not be written. Delivery goes on.',
        'Look at the reports folder in the storage folder: space, owner, permissions.',
      )
    : undefined;

const audit: AlarmRule = (input) =>
  input.concerns.auditFailing || isRecent(input, 'audit')
    ? alarm(
        'audit-failing',
        'critical',
        'The audit trail cannot be written',
        'Actions cannot be put on record.',
        'Look at the storage folder, which holds the ledger and in it the trail: space, owner, permissions; then run `sallyport audit verify`.',
      )
    : undefined;

const auditDamaged: AlarmRule = ({ concerns }) =>
  concerns.auditDamaged
    ? alarm(
        'audit-damaged',
        'critical',
        'Records of the audit trail are missing',
        'Somebody or something removed or changed records in the ledger. Instances are received and delivered as before, and the trail goes on.',
        'Keep a copy of the storage folder as it is. `sallyport audit verify` names the first record that is not right; the record audit.damaged says when it was found. Find out who can write the folder.',
      )
    : undefined;

const studiesRefused: AlarmRule = ({ concerns: { refusedStudies } }) =>
  refusedStudies === 0
    ? undefined
    : alarm(
        'studies-refused',
        'warning',
        `The FHIR server refused ${refusedStudies >= 1000 ? 'very many' : refusedStudies} ${refusedStudies === 1 ? 'study' : 'studies'}`,
        'Their ImagingStudy is not tried again by itself. Images were delivered to the backend all the same.',
        'The list of studies shows them (FHIR: refused), each with the HTTP status. Correct the FHIR server or fhir.baseUrl, then post them again.',
      );

const fhirServer: AlarmRule = (input) => {
  if (!isRecent(input, 'fhir')) return undefined;
  const code = input.concerns.troubles.fhir?.code ?? 'FHIR_UNREACHABLE';
  return alarm(
    'studies-not-posted',
    'warning',
    'The FHIR server takes no studies',
    `${capital(errorRow(code).message)}.`,
    `${capital(errorRow(code).advice)}. Studies wait for it as long as fhir.keepUnposted says.`,
  );
};

const studiesGivenUp: AlarmRule = ({ concerns }) => {
  const trouble = concerns.troubles.fhirGivenUp;
  if (trouble === undefined || trouble.agoMs > givenUpShownMs) return undefined;
  return alarm(
    'studies-given-up',
    'critical',
    'Studies were forgotten that the FHIR server never took',
    `${capital(errorRow('FHIR_GIVEN_UP').message)}.`,
    `${capital(errorRow('FHIR_GIVEN_UP').advice)}.`,
  );
};

const workers: AlarmRule = ({ workers: { replacedLastHour: replaced } }) =>
  replaced < workersReplacedWarning
    ? undefined
    : alarm(
        'workers-crashing',
        replaced >= workersReplacedCritical ? 'critical' : 'warning',
        'Worker threads had to be replaced',
        `${replaced} in the last hour: they crashed, ran out of memory or took too long.`,
        'Look at the instances held with WORKER_CRASHED or RENDER_TIMEOUT. If they are many, report their code and the version.',
      );

const full: AlarmRule = ({ associations: { open, max } }) =>
  open < max * associationsFullFrom
    ? undefined
    : alarm(
        'associations-full',
        'warning',
        'Nearly all associations are in use',
        `${open} of ${max}. Further senders are rejected for the time being.`,
        'See on the associations page who holds them; raise dimse.maxAssociations or lower the parallel sending of the PACS.',
      );

const rejected: AlarmRule = ({ associations: { rejectedLastHour } }) =>
  rejectedLastHour < rejectionsWarning
    ? undefined
    : alarm(
        'associations-rejected',
        'warning',
        'Associations are rejected',
        `${rejectedLastHour} in the last hour.`,
        'The associations page says for each who it was, why, and what to change.',
      );

const refused: AlarmRule = (input) => {
  if (!isRecent(input, 'refusals')) return undefined;
  const code = input.concerns.troubles.refusals?.code ?? null;
  const why = code === null ? '' : ` The last time because ${errorRow(code).message}.`;
  return alarm(
    'instances-refused',
    'warning',
    'Instances are refused',
    `C-STORE was answered with a failure, so the PACS still has these instances to send.${why}`,
    code === null ? 'See the statuses on the associations page.' : `${capital(errorRow(code).advice)}.`,
  );
};

/** Alarms about the work that is going on. */
export const workRules: readonly AlarmRule[] = [
  disk,
  destination,
  oldest,
  held,
  failed,
  ledger,
  reports,
  audit,
  auditDamaged,
  fhirServer,
  studiesRefused,
  studiesGivenUp,
  workers,
  full,
  rejected,
  refused,
];

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000);
  return whole < 120 ? `${whole} minutes` : `${Math.round(whole / 60)} hours`;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(0, bytes / 1e6).toFixed(0)} MB`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
