import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { SallyportError } from './core/errors.ts';
import { imagingStudyOf, maxImagingStudyImages } from './fhir/imaging-study.ts';
import { explanationSource } from './gateway-explanations.ts';
import type { GatewayFiles } from './gateway-files.ts';
import type { Live } from './gateway-live.ts';
import { listenerSettings } from './gateway-settings.ts';
import type { Operations } from './http/operation.ts';
import { auditOperations } from './http/operations/audit.ts';
import { explanationOperations } from './http/operations/explanations.ts';
import { fileOperations } from './http/operations/files.ts';
import { type HealthSource, healthOperations } from './http/operations/health.ts';
import { type IngestOperationParts, ingestOperations } from './http/operations/ingest.ts';
import { type InstanceSource, instanceOperations } from './http/operations/instances.ts';
import { openidOperations } from './http/operations/openid.ts';
import { type PictureWork, pictureOperations } from './http/operations/pictures.ts';
import { redactionOperations } from './http/operations/redaction.ts';
import { sessionOperations } from './http/operations/sessions.ts';
import { statusOperations } from './http/operations/status.ts';
import { studyOperations } from './http/operations/studies.ts';
import { testOperations } from './http/operations/testing.ts';
import { tokenOperations } from './http/operations/tokens.ts';
import type { buildSecurity } from './http/security/build.ts';
import type { Emit } from './observe/events.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import type { OnDemandWork } from './pipeline/on-demand.ts';
import { reportsFolder } from './reports/report-store.ts';
import { type OwnListener, ownListener } from './send/own-listener.ts';
import { peerTls } from './send/peer-tls.ts';
import { TestSender } from './send/test-sender.ts';
import type { AuditTrail } from './spool/audit-trail.ts';

export interface GatewayHttpParts {
  readonly document: object;
  readonly health: Omit<HealthSource, 'document'>;
  readonly instances: InstanceSource;
  readonly onDemand: OnDemandWork;
  readonly ingest: IngestOperationParts;
  readonly files: GatewayFiles;
  readonly profiles: ProfileChoice;
  readonly live: Live;
  readonly security: ReturnType<typeof buildSecurity>;
  readonly ports: () => { readonly dimse: number; readonly http: number };
  readonly printable: string;
  readonly emit: Emit;
}

/** Every operation of openapi/gateway.yaml, bound to the parts of the gateway. */
export function gatewayOperations(config: Config, parts: GatewayHttpParts): Operations {
  const { document, health, instances, onDemand, files, live, security, ports, emit } = parts;
  const { ledger } = instances;
  const audit: AuditTrail['append'] = (...entries) => ledger.audit.append(...entries);
  const folder = join(config.storage.dir, reportsFolder);
  const sender = new TestSender(() => crypto.randomUUID());
  const listenerTarget = listenerTargetOf(config);
  const toPeers = peerTls(listenerSettings(config).tls);
  return {
    ...healthOperations({ ...health, document }),
    ...instanceOperations(instances, emit),
    ...pictureOperations({ ...instances, work: pictureWork(onDemand, folder) }),
    ...studyOperations({
      ledger,
      report: async (study, signal) => (await onDemand.storedReport({ folder, study }, { signal })).report,
      imagingStudy: async (study) => {
        const whole = await ledger.catalogue.whole(study, maxImagingStudyImages);
        return whole === undefined ? undefined : imagingStudyOf(whole, config.fhir);
      },
      repost: (study) => ledger.catalogue.postAgain(study),
      posts: config.fhir.baseUrl !== '',
    }),
    ...fileOperations({ shelf: files.shelf, work: onDemand, audit }),
    ...redactionOperations({ shelf: files.shelf, work: onDemand, jobs: files.jobs, audit }),
    ...ingestOperations(parts.ingest),
    ...sessionOperations(security.gatekeeper),
    ...openidOperations(security.gatekeeper, security.oidcSignIn),
    ...tokenOperations({
      tokens: security.tokens,
      audit,
    }),
    ...statusOperations(live),
    ...auditOperations(ledger.audit, instances.now),
    ...explanationOperations(explanationSource(config, { ...parts, ports })),
    ...testOperations({
      audit: ledger.audit,
      send: (wish, signal) =>
        sender.test(
          ownListener({
            ...listenerTarget,
            port: ports().dimse,
            ...(wish.calledAeTitle === undefined ? {} : { aeTitle: wish.calledAeTitle }),
          }),
          {
            callingAeTitle: wish.callingAeTitle ?? config.dimse.callingPeers[0]?.aeTitle ?? 'SALLYPORT-TEST',
            own: true,
            instance: wish.instance,
            signal,
          },
        ),
      echo: ({ host, port, calledAeTitle, callingAeTitle, tls = false }, signal) =>
        sender.test(
          { host, port, aeTitle: calledAeTitle, ...(tls ? { tls: toPeers } : {}) },
          { callingAeTitle: callingAeTitle ?? config.dimse.aeTitle, own: false, signal },
        ),
    }),
  };
}

/** How we reach our own listener. */
function listenerTargetOf(config: Config): Omit<OwnListener, 'port'> {
  const { host, aeTitle } = config.dimse;
  const { tls } = listenerSettings(config);
  return { host, aeTitle, ...(tls === undefined ? {} : { tls: { key: tls.key, cert: tls.cert } }) };
}

function pictureWork(onDemand: OnDemandWork, folder: string): PictureWork {
  return {
    picture: async (request, signal) => {
      const { data, columns, rows } = await onDemand.renderFrame(request, { signal });
      return { bytes: data, columns, rows };
    },
    inspect: (request, signal) => onDemand.inspectFile(request, { signal }),
    report: async ({ stored, file }, signal) => {
      if (file !== null) return (await onDemand.reportOf(file, { signal })).report;
      if (stored === null) throw new SallyportError('BLOB_MISSING');
      return (await onDemand.storedReport({ folder, ...stored }, { signal })).report;
    },
  };
}
