import type convict from 'convict';
import { auditSchema } from './audit-schema.ts';
import { crosswalkSchema } from './crosswalk-schema.ts';
import { httpSchema } from './http-schema.ts';

/**
 * Every option of the product: doc, format, default. The environment variable and the argument of a leaf follow from its
 * path (`dimse.aeTitle` -> SALLYPORT_DIMSE_AE_TITLE, --dimse.aeTitle), so the three names cannot drift apart.
 * config/README.md is made from this file.
 */
export interface Leaf {
  readonly doc: string;
  readonly format: string | readonly string[];
  readonly default: unknown;
  readonly sensitive?: boolean;
}
export interface Section {
  readonly [key: string]: Leaf | Section;
}

const tlsDoc = 'Path of a PEM file';

/** How we prove ourselves to a server we post to. */
const serverAuth = {
  kind: {
    doc: 'How we prove who we are.',
    format: ['none', 'bearer', 'api-key', 'oauth2'],
    default: 'none',
  },
  token: { doc: 'Bearer token or API key.', format: 'text', default: '', sensitive: true },
  tokenFile: { doc: 'File that holds it instead.', format: 'text', default: '' },
  apiKeyHeader: { doc: 'Header of the API key.', format: 'header-name', default: 'X-API-Key' },
  oauth2TokenUrl: {
    doc: 'Token endpoint for the OAuth2 client credentials grant.',
    format: 'base-url',
    default: '',
  },
  oauth2ClientId: { doc: 'OAuth2 client id.', format: 'text', default: '' },
  oauth2ClientSecret: { doc: 'OAuth2 client secret.', format: 'text', default: '', sensitive: true },
  oauth2ClientSecretFile: { doc: 'File that holds it instead.', format: 'text', default: '' },
  oauth2Scope: { doc: 'OAuth2 scope to ask for.', format: 'text', default: '' },
} as const;

const serverTls = {
  caFile: {
    doc: `${tlsDoc}: authorities to trust instead of the system's.`,
    format: 'text',
    default: '',
  },
  certFile: { doc: `${tlsDoc}: client certificate (mutual TLS).`, format: 'text', default: '' },
  keyFile: { doc: `${tlsDoc}: private key of the client certificate.`, format: 'text', default: '' },
} as const;

export const schema: Section = {
  dimse: {
    host: { doc: 'Address the DICOM listener binds to.', format: 'text', default: '0.0.0.0' },
    port: {
      doc: 'TCP port of the DICOM listener; 0 lets the system choose.',
      format: 'tcp-port',
      default: 11112,
    },
    aeTitle: {
      doc: 'Our AE title: what the PACS enters as called AE title.',
      format: 'ae-title',
      default: 'SALLYPORT',
    },
    requireCalledAeTitle: {
      doc: 'Reject associations that call another AE title than ours.',
      format: 'true-or-false',
      default: true,
    },
    callingPeers: {
      doc: 'Who may send: a list of { "aeTitle": "PACS1", "addresses": ["10.1.2.3"] }; addresses are optional. Empty: any calling AE title. In the environment: JSON.',
      format: 'calling-peers',
      default: [],
    },
    allowedAddresses: {
      doc: 'Addresses or CIDR blocks that may connect at all. Empty: any. In the environment: comma separated.',
      format: 'address-list',
      default: [],
    },
    maxAssociations: { doc: 'Associations at one time.', format: 'count', default: 32 },
    maxAssociationsPerPeer: {
      doc: 'Associations at one time from one address.',
      format: 'count',
      default: 16,
    },
    maxPduBytes: { doc: 'Largest PDU we announce and accept.', format: 'size', default: '128KiB' },
    maxInstanceBytes: {
      doc: 'Largest instance accepted; a larger one is answered 0xA700 and nothing of it stays on disk.',
      format: 'size',
      default: '4GiB',
    },
    associationRequestTimeout: {
      doc: 'Time between connecting and the end of the association request.',
      format: 'duration',
      default: '10s',
    },
    idleTimeout: {
      doc: 'Silence after which an association is aborted.',
      format: 'duration',
      default: '60s',
    },
    acceptUnknownSopClasses: {
      doc: 'Accept storage of SOP classes the standard does not list (private ones). They are kept safe and held, not delivered.',
      format: 'true-or-false',
      default: false,
    },
    tls: {
      certFile: {
        doc: `${tlsDoc}: certificate of the DICOM listener. Set together with keyFile to listen with TLS only.`,
        format: 'text',
        default: '',
      },
      keyFile: { doc: `${tlsDoc}: private key of the DICOM listener.`, format: 'text', default: '' },
      caFile: {
        doc: `${tlsDoc}: authorities whose clients are accepted. Set: clients must show a certificate.`,
        format: 'text',
        default: '',
      },
    },
  },
  http: httpSchema,
  storage: {
    dir: {
      doc: 'Folder of the spool: instances, ledger, pseudonym secret. Local disk, not a network share.',
      format: 'text',
      default: './data',
    },
    reserve: {
      doc: 'Free space that is never used: below it associations are rejected as a transient local limit.',
      format: 'size',
      default: '1GiB',
    },
    duplicateContent: {
      doc: 'The same SOP Instance UID again with other content: `hold` it for a person, or process it as a new `revision`.',
      format: ['hold', 'revision'],
      default: 'hold',
    },
    keepDelivered: {
      doc: 'How long the received original stays on disk after delivery; "0s" removes it at once.',
      format: 'duration',
      default: '0s',
    },
    forgetAfter: {
      doc: 'How long the ledger remembers delivered and discarded instances, to recognise duplicates. Their bytes are gone long before.',
      format: 'duration',
      default: '30d',
    },
    reports: {
      doc: 'Keep a report of what de-identification did to every instance, in files by new Study Instance UID, without an original value; `sallyport report` shows them.',
      format: 'true-or-false',
      default: true,
    },
    keepReports: {
      doc: 'How long the report of a study stays after its last instance; "0s" keeps it for ever.',
      format: 'duration',
      default: '365d',
    },
  },
  deidentify: {
    profile: {
      doc: 'De-identification profile, by name or by the path of its file (a relative one counts from the folder the gateway is started in). `basic` is the Basic Application Level Confidentiality Profile of PS3.15; `sallyport profile list` shows the other names.',
      format: 'profile',
      default: 'basic',
    },
    profileByCallingAe: {
      doc: 'Other profiles for what certain AE titles send. The calling AE title of the association decides, compared exactly but for blanks around it; all others get `deidentify.profile`. An AE title is a claim of the sender: list it in `dimse.callingPeers` with its addresses where a profile that keeps more hangs on it. In the environment: JSON.',
      format: 'calling-ae-profiles',
      default: [],
    },
    secretFile: {
      doc: 'File with the pseudonym secret (at least 32 bytes; made by the first start in the storage folder when neither this nor `deidentify.secret` is set). Whoever has it can recompute every pseudonym; without it nobody gets the same pseudonyms again.',
      format: 'text',
      default: '',
    },
    secret: {
      doc: 'The pseudonym secret itself, as at least 64 hex digits. For secret stores that hand over environment variables.',
      format: 'text',
      default: '',
      sensitive: true,
    },
    furtherSecretFiles: {
      doc: 'Files with earlier pseudonym secrets, for profiles that name the key they go on with by its id (`sallyport key id FILE`). In the environment: comma separated.',
      format: 'path-list',
      default: [],
    },
  },
  crosswalk: crosswalkSchema,
  render: {
    jpegQuality: { doc: 'JPEG quality, 1 to 100.', format: 'percent', default: 90 },
    maxPixelsPerFrame: { doc: 'Frames with more pixels are held.', format: 'count', default: 150_000_000 },
    maxFrames: {
      doc: 'Instances of which more frames than this would be delivered are held. `render.frames` makes them fewer.',
      format: 'count',
      default: 20_000,
    },
    frameTimeout: {
      doc: 'Time one frame may take to decode and render; then its worker is replaced and the instance held.',
      format: 'duration',
      default: '60s',
    },
    format: {
      doc: 'What is delivered: `jpeg` of 8 bits as people see the image; for machine learning `png`, `jxl` or `htj2k` without loss, grey images with their stored values in 8 or 16 bits. CPU for a megapixel of 16 bits: PNG and HTJ2K 50 to 80 ms, JPEG XL, the smallest, about 1 s.',
      format: ['jpeg', 'png', 'jxl', 'htj2k'],
      default: 'jpeg',
    },
    maxLongEdge: {
      doc: 'JPEG only: larger images are reduced until their longer side has this many pixels; 0: never.',
      format: 'pixels-or-zero',
      default: 0,
    },
    frames: {
      doc: 'Frames of a multi-frame instance that are delivered: `all`, `first`, `middle`, `every:N` (every n-th) or `at-most:N` (evenly spread).',
      format: 'frame-selection',
      default: 'all',
    },
    window: {
      doc: 'VOI window of grey images: `1`, `2`, ... for the n-th of the image, `explanation:TEXT` for the one so named, `automatic` for one made from the values. An image that has no such window is shown with its first. Names of windows are free text: only profiles with `cleanDescriptors` keep them, the basic profile removes them.',
      format: 'window-choice',
      default: '1',
    },
    overlays: {
      doc: 'Draw overlay planes that the profile keeps. No profile keeps any yet, since they can hold names: only `sallyport render --overlays` has some to draw.',
      format: 'true-or-false',
      default: false,
    },
    shutters: { doc: 'Apply the display shutter of the image.', format: 'true-or-false', default: false },
    aspectRatio: {
      doc: 'JPEG of images whose pixels are not square: `square` enlarges the shorter side, `stored` leaves them.',
      format: ['square', 'stored'],
      default: 'square',
    },
    segmentations: {
      doc: 'Segmentation objects: `grey` masks and labels, `color` as the object recommends, or `hold`.',
      format: ['grey', 'color', 'hold'],
      default: 'grey',
    },
    ffmpeg: {
      doc: 'Program that decodes MPEG-2, H.264 and HEVC, by name or path. Empty (as an argument or in the file; an empty variable counts as not set) or not found: such instances are held.',
      format: 'text',
      default: 'ffmpeg',
    },
  },
  pipeline: {
    prepareTimeout: {
      doc: 'Time for de-identifying and rendering one instance; then its worker is replaced and the instance held.',
      format: 'duration',
      default: '10m',
    },
    maxReadyBytes: {
      doc: 'Prepared output waiting in memory for delivery; beyond it preparing pauses and instances wait on disk.',
      format: 'size',
      default: '64MiB',
    },
    groupingWindow: {
      doc: 'How long the images of one series wait for each other before they are posted together.',
      format: 'duration',
      default: '150ms',
    },
    lease: {
      doc: 'A claimed instance is given to nobody else for this long.',
      format: 'duration',
      default: '15m',
    },
  },
  backend: {
    baseUrl: {
      doc: 'URL the backend contract (openapi/backend.yaml) is served under; `/v1/images/upload` is added. Empty: instances are received and kept, nothing is delivered.',
      format: 'base-url',
      default: '',
    },
    timeout: {
      doc: 'Deadline of one post, from connecting to the end of the answer.',
      format: 'duration',
      default: '60s',
    },
    connectTimeout: { doc: 'Deadline for connecting.', format: 'duration', default: '10s' },
    concurrency: { doc: 'Posts at one time.', format: 'count', default: 4 },
    maxBodyBytes: {
      doc: 'Largest post, before compression. Series are grouped and multi-frame instances split to fit.',
      format: 'size',
      default: '8MiB',
    },
    maxImagesPerPost: { doc: 'Images in one post at most.', format: 'count', default: 64 },
    gzip: {
      doc: 'Compress posts. Saves about a quarter (Base64), costs CPU.',
      format: 'true-or-false',
      default: false,
    },
    retryInitial: {
      doc: 'Delay after the first failed attempt; it doubles with every further one, with jitter.',
      format: 'duration',
      default: '1s',
    },
    retryMax: { doc: 'Longest delay between attempts.', format: 'duration', default: '5m' },
    breakerFailures: {
      doc: 'Failed posts in a row after which the destination rests.',
      format: 'count',
      default: 5,
    },
    breakerOpen: { doc: 'How long it rests before one post probes it.', format: 'duration', default: '15s' },
    auth: serverAuth,
    tls: serverTls,
  },
  fhir: {
    baseUrl: {
      doc: 'Service base URL of a FHIR R4 server that gets an ImagingStudy of every study that was delivered, by `PUT ImagingStudy/{id}`. Empty: none is posted.',
      format: 'base-url',
      default: '',
    },
    idleBeforePost: {
      doc: 'A study is posted when no instance of it has arrived or changed for so long and none waits; it is posted again when it grows.',
      format: 'duration',
      default: '2m',
    },
    keepUnposted: {
      doc: 'How long after its last change a study is remembered that the server has not taken, so that it can still be posted; never shorter than storage.forgetAfter. What is forgotten then is told as an error.',
      format: 'duration',
      default: '365d',
    },
    patientSystem: {
      doc: 'URI of the identifier system of pseudonymous Patient IDs in `subject`. Empty: the identifier has no system.',
      format: 'text',
      default: '',
    },
    accessionSystem: {
      doc: 'URI of the identifier system of pseudonymous Accession Numbers. Empty: the identifier has no system.',
      format: 'text',
      default: '',
    },
    timeout: {
      doc: 'Deadline of one request, from connecting to the end of the answer.',
      format: 'duration',
      default: '60s',
    },
    connectTimeout: { doc: 'Deadline for connecting.', format: 'duration', default: '10s' },
    concurrency: { doc: 'Requests at one time.', format: 'count', default: 2 },
    retryInitial: {
      doc: 'Delay after the first failed attempt; it doubles with every further one, with jitter.',
      format: 'duration',
      default: '5s',
    },
    retryMax: { doc: 'Longest delay between attempts.', format: 'duration', default: '10m' },
    auth: serverAuth,
    tls: serverTls,
  },
  audit: auditSchema,
  workers: {
    doc: 'Worker threads that de-identify and render; 0: one per core.',
    format: 'count-or-zero',
    default: 0,
  },
  log: {
    level: { doc: 'Lowest level logged.', format: ['debug', 'info', 'warn', 'error'], default: 'info' },
  },
  shutdownTimeout: {
    doc: 'Time associations and posts have to finish after SIGTERM; then they are cut off, and resume at the next start.',
    format: 'duration',
    default: '20s',
  },
};

/** `dimse.aeTitle` -> `SALLYPORT_DIMSE_AE_TITLE`. */
export function environmentName(path: string): string {
  return `SALLYPORT_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;
}

export function isLeaf(node: Leaf | Section): node is Leaf {
  return typeof (node as Leaf).doc === 'string' && Object.hasOwn(node, 'default');
}

/** All leaves with their dotted paths, in the order of the schema. */
export function leaves(section: Section = schema, prefix = ''): { path: string; leaf: Leaf }[] {
  return Object.entries(section).flatMap(([key, node]) =>
    isLeaf(node) ? [{ path: prefix + key, leaf: node }] : leaves(node, `${prefix}${key}.`),
  );
}

/** The schema as convict takes it, with env and arg filled in. Secrets have no argument: arguments are public on a host. */
export function convictSchema(section: Section = schema, prefix = ''): convict.Schema<unknown> {
  const entries = Object.entries(section).map(([key, node]) => {
    if (!isLeaf(node)) return [key, convictSchema(node, `${prefix}${key}.`)];
    const path = prefix + key;
    const names = { env: environmentName(path), ...(node.sensitive === true ? {} : { arg: path }) };
    return [key, { ...node, ...names }];
  });
  return Object.fromEntries(entries) as convict.Schema<unknown>;
}
