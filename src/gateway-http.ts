import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { SallyportError } from './core/errors.ts';
import { imagingStudyOf } from './fhir/imaging-study.ts';
import { explanationSource } from './gateway-explanations.ts';
import type { Live } from './gateway-live.ts';
import { operationsOf } from './http/contract/gateway-contract.ts';
import type { Operations } from './http/operation.ts';
import { auditOperations } from './http/operations/audit.ts';
import { explanationOperations } from './http/operations/explanations.ts';
import { type HealthSource, healthOperations } from './http/operations/health.ts';
import { type InstanceSource, instanceOperations } from './http/operations/instances.ts';
import { type PictureWork, pictureOperations } from './http/operations/pictures.ts';
import { statusOperations } from './http/operations/status.ts';
import { studyOperations } from './http/operations/studies.ts';
import { testOperations } from './http/operations/testing.ts';
import type { Emit } from './observe/events.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import type { OnDemandWork } from './pipeline/on-demand.ts';
import { reportsFolder } from './reports/report-store.ts';
import { TestSender } from './send/test-sender.ts';

export interface GatewayHttpParts {
  readonly document: object;
  readonly health: Omit<HealthSource, 'document'>;
  readonly instances: InstanceSource;
  readonly onDemand: OnDemandWork;
  readonly profiles: ProfileChoice;
  readonly live: Live;
  readonly ports: () => { readonly dimse: number; readonly http: number };
  readonly printable: string;
  readonly emit: Emit;
}

/** Instances of one study that its ImagingStudy names at most. */
const maxImages = 50_000;

/** Every operation of openapi/gateway.yaml, bound to the parts of the gateway. */
export function gatewayOperations(config: Config, parts: GatewayHttpParts): Operations {
  const { document, health, instances, onDemand, live, ports, emit } = parts;
  const { ledger } = instances;
  const folder = join(config.storage.dir, reportsFolder);
  const sender = new TestSender(() => crypto.randomUUID());
  const operations: Operations = {
    ...healthOperations({ ...health, document }),
    ...instanceOperations(instances, emit),
    ...pictureOperations({ ...instances, work: pictureWork(onDemand, folder) }),
    ...studyOperations({
      ledger,
      report: async (study, signal) => (await onDemand.storedReport({ folder, study }, { signal })).report,
      imagingStudy: async (study) => {
        const whole = await ledger.catalogue.whole(study, maxImages);
        return whole === undefined
          ? undefined
          : imagingStudyOf(whole, { patientSystem: '', accessionSystem: '' });
      },
      repost: (study) => ledger.catalogue.postAgain(study),
    }),
    ...statusOperations(live),
    ...auditOperations(ledger.audit),
    ...explanationOperations(explanationSource(config, { ...parts, ports })),
    ...testOperations({
      audit: ledger.audit,
      send: (wish, signal) =>
        sender.test(ownListener(config, ports().dimse, wish.calledAeTitle), {
          callingAeTitle: wish.callingAeTitle ?? config.dimse.callingPeers[0]?.aeTitle ?? 'SALLYPORT-TEST',
          own: true,
          instance: wish.instance,
          signal,
        }),
      echo: ({ host, port, calledAeTitle, callingAeTitle, tls = false }, signal) =>
        sender.test(
          { host, port, aeTitle: calledAeTitle, ...(tls ? { tls: {} } : {}) },
          { callingAeTitle: callingAeTitle ?? config.dimse.aeTitle, own: false, signal },
        ),
    }),
  };
  // TEMPORARY: operations that are not bound yet.
  const missing = operationsOf(document as Record<string, unknown>).filter(
    (spec) => operations[spec.operationId] === undefined,
  );
  return {
    ...Object.fromEntries(
      missing.map((spec) => [
        spec.operationId,
        async () => {
          throw new SallyportError('UNEXPECTED', { detail: 'not bound yet' });
        },
      ]),
    ),
    ...operations,
  };
}

function ownListener({ dimse }: Config, port: number, calledAeTitle: string | undefined) {
  const any = dimse.host === '0.0.0.0' || dimse.host === '::';
  return {
    host: any ? '127.0.0.1' : dimse.host,
    port,
    aeTitle: calledAeTitle ?? dimse.aeTitle,
    ...(dimse.tls.certFile === '' ? {} : { tls: {} }),
  };
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
