import type { Test } from 'tap';
import { ingestOperations } from '../../../src/http/operations/ingest.ts';
import { Ingest, type IngestSettings } from '../../../src/ingest/ingest.ts';
import { encodePart10, type WriterFile } from '../../../src/synthetic/dicom-writer.ts';
import { FakeIntake } from '../../receive/fakes.ts';
import { ingestDefaults } from '../../support/ingest-settings.ts';
import { type GreyOptions, greyImage, uniqueUid } from '../../support/instances.ts';
import { type StorePart, storeBody, storeType } from '../../support/store-request.ts';
import {
  type HttpAnswer,
  openGatekeeper,
  standardSettings,
  startServer,
  type TestServer,
} from '../http-fixture.ts';

export const boundary = 'a:boundary(1)';

export interface Scene {
  readonly server: TestServer;
  readonly intake: FakeIntake;
  readonly ingest: Ingest;
  /** Names of the events of instances, in order. */
  readonly heard: () => readonly string[];
  store(t: Test, body: Uint8Array | readonly StorePart[], study?: string): Promise<HttpAnswer>;
  receive(t: Test, body: Uint8Array): Promise<HttpAnswer>;
}

export async function scene(
  t: Test,
  settings: Partial<IngestSettings> = {},
  stow = standardSettings.bodyLimits.stow,
): Promise<Scene> {
  const intake = new FakeIntake();
  const events: string[] = [];
  const ingest = new Ingest(
    {
      ...ingestDefaults,
      calledAeTitle: 'SALLYPORT',
      acceptUnknownSopClasses: false,
      maxInstanceBytes: 4 * 2 ** 20,
      ...settings,
    },
    { intake, now: () => performance.now(), emit: (name) => events.push(name) },
  );
  const server = await startServer(t, ingestOperations({ ingest, aeTitle: 'HTTP' }), {
    settings: { bodyLimits: { ...standardSettings.bodyLimits, stow } },
    gatekeeper: {
      ...openGatekeeper,
      // A token whose instances enter under a title of their own.
      authenticate: async (request) => {
        const { authorization = '' } = request;
        if (authorization !== 'Bearer ct') return openGatekeeper.authenticate(request);
        return { kind: 'token', name: 'ct scanner', scopes: ['operate'], aeTitle: 'CT1', via: 'header' };
      },
    },
  });
  const headers = { 'content-type': storeType(boundary), accept: 'application/dicom+json' };
  return {
    server,
    intake,
    ingest,
    heard: () => events,
    store: (t, body, study) =>
      server.ask(t, 'POST', `/dicom-web/studies${study === undefined ? '' : `/${study}`}`, {
        headers,
        body: body instanceof Uint8Array ? body : storeBody(boundary, body),
        token: 'operate',
      }),
    receive: (t, body) =>
      server.ask(t, 'POST', '/receive_dicom', {
        headers: { 'content-type': 'application/dicom' },
        body,
        token: 'operate',
      }),
  };
}

export interface Made {
  readonly uid: string;
  readonly study: string;
  readonly file: Buffer<ArrayBuffer>;
}

export function instance(options: GreyOptions = {}, file: Partial<WriterFile> = {}): Made {
  const uid = options.sopInstanceUid ?? uniqueUid();
  const study = options.studyInstanceUid ?? uniqueUid();
  const elements = greyImage({ ...options, sopInstanceUid: uid, studyInstanceUid: study });
  return { uid, study, file: Buffer.from(encodePart10({ elements, ...file })) };
}

/** Sends a body without telling its length. */
export function stream(
  { url }: TestServer,
  path: string,
  type: string,
  body: () => AsyncGenerator<Uint8Array>,
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer operate', 'content-type': type },
    body: body() as unknown as ReadableStream,
    duplex: 'half',
  } as RequestInit);
}

export const codeOf = ({ body }: HttpAnswer): unknown => (body as { code?: unknown }).code;
