import { AuditRetention } from './audit/audit-retention.ts';
import { SyslogSender } from './audit/syslog-sender.ts';
import type { Config } from './config/config.ts';
import { FhirClient } from './deliver/fhir-client.ts';
import type { OnStop } from './gateway-lanes.ts';
import { auditSyslogSettings, fhirServerSettings } from './gateway-settings.ts';
import type { Emit } from './observe/events.ts';
import { FhirLane } from './pipeline/fhir-lane.ts';
import type { Ledger } from './spool/backend.ts';

interface FollowerParts {
  readonly ledger: Ledger;
  readonly emit: Emit;
  readonly onStop: OnStop;
}

/** What follows the ledger and keeps nobody waiting: retention and delivery of the audit trail, studies for a FHIR server. */
export function startFollowers(config: Config, { ledger, emit, onStop }: FollowerParts): void {
  const retention = new AuditRetention({ trail: ledger.audit, keepMs: config.audit.keep, now: Date.now });
  retention.start();
  onStop('audit retention', () => retention.stop());
  const settings = auditSyslogSettings(config);
  if (settings !== undefined) {
    const sender = new SyslogSender({
      trail: ledger.audit,
      studiesOf: (ids) => ledger.catalogue.studiesOf(ids),
      settings,
      emit,
    });
    sender.start();
    onStop('audit messages', () => sender.stop());
  }
  if (config.fhir.baseUrl !== '') startFhirLane(config, { ledger, emit, onStop });
}

function startFhirLane(config: Config, { ledger, emit, onStop }: FollowerParts): void {
  const { fhir } = config;
  const client = new FhirClient(fhirServerSettings(config), Date.now);
  onStop('FHIR client', () => client.close());
  const lane = new FhirLane({
    catalogue: ledger.catalogue,
    put: (resourceType, id, body, signal) => client.put(resourceType, id, body, signal),
    resource: { patientSystem: fhir.patientSystem, accessionSystem: fhir.accessionSystem },
    idleMs: fhir.idleBeforePost,
    concurrency: fhir.concurrency,
    retry: { initialMs: fhir.retryInitial, maxMs: fhir.retryMax },
    emit,
    now: Date.now,
    random: Math.random,
  });
  const ending = new AbortController();
  lane.start(ending.signal);
  onStop('FHIR lane', async () => {
    ending.abort();
    await lane.stopped();
  });
}
