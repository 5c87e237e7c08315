import { type AuditCode, auditEvents } from '../src/audit/event-codes.ts';
import { leaves } from '../src/config/schema.ts';
import { auditActions } from '../src/core/audit.ts';
import { errorRegistry } from '../src/core/error-registry.ts';
import { errorRow, isErrorCode } from '../src/core/errors.ts';
import { methodCodes } from '../src/deidentify/generated/method-codes.ts';
import { notInTable } from '../src/deidentify/generated/not-in-table.ts';
import { tableE11, tableEdition } from '../src/deidentify/generated/table-e1-1.ts';
import { conceptTableEdition } from '../src/deidentify/generated/table-e3-4-1.ts';
import { objectKind } from '../src/deidentify/pixels/object-kinds.ts';
import { photographSopClasses } from '../src/deidentify/pixels/risk.ts';
import { basicProfile, type Profile } from '../src/deidentify/profile.ts';
import { type ProfileOption, profileOptions } from '../src/deidentify/rules.ts';
import { type ContentAction, listedContent } from '../src/deidentify/structured/concept-rules.ts';
import { supplement } from '../src/deidentify/supplement.ts';
import { lookup } from '../src/dicom/dictionary.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../src/dicom/file-meta.ts';
import { storageSopClassTable } from '../src/dicom/storage-sop-classes.ts';
import { transferSyntaxTable } from '../src/dicom/transfer-syntaxes.ts';
import { maxStowInstances } from '../src/gateway-settings.ts';
import { multipartDefaults } from '../src/ingest/multipart.ts';
import { type Explanation, explainProfile } from '../src/profiles/explain.ts';
import { loadProfileWithSource, profileNames } from '../src/profiles/profile-files.ts';

/**
 * The DICOM conformance statement, with what PS3.15 E.1.1 asks a de-identifier to state. Facts come from the tables and
 * rules that the gateway runs by; only the sentences between them are written here.
 */
export function renderConformanceStatement(): string {
  return `${[
    heading(),
    receiving(),
    sopClasses(),
    transferSyntaxes(),
    statuses(),
    webServices(),
    auditMessages(),
    deidentification(),
    options(),
    attributes(),
    structuredContent(),
    privateElements(),
    media(),
  ].join('\n\n')}\n`;
}

function heading(): string {
  return `# DICOM conformance statement

<!-- Made by npm run generate from the tables and rules of the code; do not edit. -->

Sallyport is a gateway: it receives composite instances (C-STORE as SCP, STOW-RS as origin server), de-identifies them after PS3.15 Annex E, renders them to images and delivers them to an HTTP backend. On the command line it sends files (C-STORE and C-ECHO as SCU) and de-identifies folders.

| | |
| --- | --- |
| Implementation Class UID | ${IMPLEMENTATION_CLASS_UID} |
| Implementation Version Name | ${IMPLEMENTATION_VERSION_NAME} |
| Application Context Name | 1.2.840.10008.3.1.1.1 |
| De-identification tables | ${tableEdition}, ${tableE11.length} rows; ${notInTable.length} attributes of PS3.6 that it omits; ${supplement.size} more of our own |`;
}

/** The default of an option, and its name. */
function optionDefault(path: string): string {
  const found = leaves().find((leaf) => leaf.path === path);
  if (found === undefined) throw new Error(`no option ${path}`);
  return `${String(found.leaf.default)} (\`${path}\`)`;
}

function receiving(): string {
  const value = optionDefault;
  return `## Associations

| | |
| --- | --- |
| Role | acceptor for Verification and Storage (SCP); requestor from the command line, and for tests that an administrator asks for over HTTP (C-ECHO to a node; C-ECHO and C-STORE of a synthetic instance to the gateway itself) |
| AE title | ${value('dimse.aeTitle')} |
| Port | ${value('dimse.port')} |
| Associations at one time | ${value('dimse.maxAssociations')}, from one address ${value('dimse.maxAssociationsPerPeer')} |
| Largest PDU | ${value('dimse.maxPduBytes')} |
| Asynchronous operations window | not negotiated: one operation at a time |
| Extended negotiation, user identity | not supported; ignored where proposed |
| Security | TLS on request of the configuration (\`dimse.tls\`), with client certificates where authorities are configured |
| Storage level | 2 (full): every attribute received, private ones too, is kept until de-identification |
| Coercion | none on receipt |
| Success | after the bytes and the ledger's row are on disk (fsync); see README for the order of writes |`;
}

const handling = {
  image:
    'de-identified; where its attributes make text in the pixels likely, this is blanked, or the image held, as the profile says',
  header: 'de-identified',
  structured: 'by the profile: content cleaned, replaced by a minimal container, or held',
  document: 'by the profile: replaced by a stand-in, or held',
  uncovered: 'kept safe and held',
} as const;

/** Classes that nobody has judged are taken for likely to carry text; without pixels nothing is known of them. */
function unjudged(uid: string): string {
  return photographSopClasses.has(uid)
    ? 'kept safe and held: people may be recognised; after a person released it, as any image likely to carry text'
    : 'with pixels: de-identified; text in them is blanked, or the image held, as the profile says for images likely to carry text. Without: kept safe and held';
}

function sopClasses(): string {
  const rows = storageSopClassTable.map(([uid, name, retired]) => {
    const kind = objectKind(uid)?.kind;
    const what = kind === undefined ? unjudged(uid) : handling[kind];
    return [name + (retired ? ' (retired)' : ''), uid, what];
  });
  return `## SOP Classes

Verification (1.2.840.10008.1.1) and all Storage SOP Classes below are accepted. Others are refused unless \`dimse.acceptUnknownSopClasses\` is set; then they are kept and held, since de-identification is not defined for private SOP Classes. The gateway delivers images: what is de-identified and has no pixels (waveforms, plans, structures) is held there (\`NO_PIXEL_DATA\`); \`sallyport deidentify\` writes its file.

${table(['SOP Class', 'UID', 'what becomes of an instance'], rows)}`;
}

function transferSyntaxes(): string {
  const rows = transferSyntaxTable
    .filter(({ storable }) => storable)
    .map(({ name, uid, renderable }) => [name, uid, renderable ? 'yes' : 'no: held']);
  return `## Transfer syntaxes

Of those a sender proposes, an uncompressed one is preferred over a compressed one and a lossless one over a lossy one, so that no sender is led to convert. What is de-identified goes on in the transfer syntax in which it came, unless text was blanked in its pixels: then it is written as the profile says (\`pixels.encoding\`), as received where that is uncompressed or lossless, else without further loss, with Lossy Image Compression as it was. JPEG Baseline and Extended of 8 bits keep their transfer syntax unless the profile says otherwise: blocks of 8 by 8 samples that a blanked region touches become flat, the coefficients of all others stay as they were (no value is appended to Lossy Image Compression Ratio and Method, since no step of compression is taken). MPEG-2, H.264 and HEVC are rendered where an external ffmpeg is installed, else held; decoders and pixel formats are in [pixel-formats.md](pixel-formats.md).

${table(['transfer syntax', 'UID', 'rendered'], rows)}`;
}

function statuses(): string {
  const rows = Object.keys(errorRegistry)
    .filter(isErrorCode)
    .flatMap((code) => {
      const { dicomStatus, message } = errorRow(code);
      return dicomStatus === undefined ? [] : [[hexStatus(dicomStatus), code, message]];
    })
    .sort(([a = ''], [b = '']) => a.localeCompare(b));
  return `## Statuses of C-STORE

0x0000 says that the instance is safe on disk. Error Comment (0000,0902) names the case and never holds a value of the instance.

${table(['status', 'code', 'meaning'], rows)}`;
}

/** Store Instances, PS3.18 10.5. */
function webServices(): string {
  return `## DICOM Web Services: STOW-RS

The gateway is an origin server of the Studies Service (PS3.18 chapter 10) for one transaction, Store. Retrieve, Search and Delete, Worklist, Non-Patient Instances, Storage Commitment and Notification are not offered: nothing that was stored can be had back by DICOMweb. It is no user agent.

| | |
| --- | --- |
| Resources | \`POST /dicom-web/studies\`, \`POST /dicom-web/studies/{study}\` (instances of other studies are refused, each by itself) |
| Request media types | \`multipart/related; type="application/dicom"\`, each part a Part 10 file; metadata as \`application/dicom+json\` or \`application/dicom+xml\` with bulk data apart is refused (415) |
| Response media type | \`application/dicom+json\`; \`Accept\` headers that allow no such answer are refused (406) |
| SOP Classes, transfer syntaxes, character sets | those of C-STORE; no transcoding |
| Instances in one request | at most ${multipartDefaults.maxParts} |
| Size | ${optionDefault('dimse.maxInstanceBytes')} for one instance, ${maxStowInstances} times that for a request |
| Coercion | none on receipt: Original Attributes Sequence and Warning Reason are never returned. What is de-identified later has other UIDs |
| Retrieve URL (0008,1190) | empty |
| Success | after the bytes and the ledger's row of every instance named in Referenced SOP Sequence (0008,1199) are on disk (fsync), as for C-STORE |
| Security | HTTPS (TLS 1.2 or later) by configuration; bearer tokens (RFC 6750), JSON Web Tokens of an OpenID provider, client certificates; the right \`operate\` |

| status | when |
| --- | --- |
| 200 | all instances are stored |
| 202 | some are |
| 400 | the multipart body cannot be read |
| 401, 403 | credentials are missing, wrong, or without the right |
| 406, 415 | media types, see above |
| 409 | none is stored; the body says why |
| 413 | the request is too large and nothing of it was stored |
| 429, 503 | too many requests, or too many at one time; \`Retry-After\` |
| 507 | no room |

A failed instance stands in Failed SOP Sequence (0008,1198), or, where it cannot be named, in Other Failures Sequence (0008,119A). Failure Reason (0008,1197) has the status of C-STORE for the same case (see above), and 0x0110 for others. A request that breaks off behind an instance whose outcome is known is answered with what became of those before.`;
}

function auditMessages(): string {
  const words = Object.entries(auditActions).map(([action, meaning]) => {
    const { event, type, action: code } = auditEvents[action as keyof typeof auditActions];
    const written = (one: AuditCode): string => `${one.code} ${one.meaning}`;
    return [`\`${action}\``, meaning, written(event), type === undefined ? '' : written(type), code];
  });
  return `## Audit messages (PS3.15 A.5)

Every record of the audit trail is sent as DICOM Audit Message where \`audit.syslog.host\` is set: XML after PS3.15 A.5.1, in syslog messages (RFC 5424) over TLS (RFC 5425, ${optionDefault('audit.syslog.port')}) or, by \`audit.syslog.transport\`, over TCP (RFC 6587). At least once, in order. Participant objects are instances, files, jobs, profiles, keys, tokens and sessions by ids of the gateway; a further object carries sequence number and hash of the record.

**Studies and patients.** A.5.3 wants the study and the patient named in DICOM Instances Accessed, DICOM Instances Transferred, Import and Export. The study (110180, Study Instance UID) is named by its new, pseudonymous UID, as the instance has it when the message is sent. It is left out where it is not known: of an instance that is not prepared yet (among them most messages of arrival), of one whose row is forgotten, of files and folders that came over HTTP. SOPClass, wanted together with counts or UIDs of instances, is left out with them. The patient is mandatory there and left out in all messages, for privacy: the trail holds no identifier, and receivers of audit messages are not meant to learn any. A message about one instance is sent for each instance.

**Outcomes.** EventOutcomeIndicator is 0; 4 for what is refused, or held for a person; 8 for what failed; 12 for what is lost or out of use until somebody mends it (a damaged audit trail, a study given up).

 Codes of the coding scheme 99SALLYPORT are the gateway's own: action, kind of actor, kind of object.

${table(['action', 'meaning', 'EventID', 'EventTypeCode', 'EventActionCode'], words)}`;
}

function hexStatus(status: number): string {
  return `0x${status.toString(16).toUpperCase().padStart(4, '0')}`;
}

function deidentification(): string {
  return `## De-identification (PS3.15 E.1.1)

**Profile and options.** The Basic Application Level Confidentiality Profile and the options of the table below, combined as a profile says. De-identification is keyed and not reversible from the output: no Encrypted Attributes Sequence (0400,0500) is written, so there is no transfer syntax of an encrypted set to state. An encrypted crosswalk outside the instances is optional and off by default.

**Replaced by keyed pseudonyms.** UIDs become \`2.25.\` and 122 bits of HMAC-SHA-256; Patient ID and Patient's Name become the same token of 80 bits, Accession Number and Tracking ID tokens of their own. The keys are derived (HKDF-SHA-256) from one secret for each kind of identifier.

**Scope of referential integrity.** The secret. All instances of a patient, of any study, at any time, on any node, agree with each other; under another secret nothing agrees. A patient is Issuer of Patient ID and Patient ID; an instance without Patient ID is told apart by its study.

**Values registered in PS3.6** (SOP Classes, transfer syntaxes, well-known frames of reference and instances) are never replaced in references.

**Inserted.** Patient Identity Removed (0012,0062) YES; De-identification Method (0012,0063), naming product, version, profile and profile revision, after methods of earlier de-identifiers; De-identification Method Code Sequence (0012,0064) with the codes of CID 7050 that were at work on this very instance; Longitudinal Temporal Information Modified (0028,0303) REMOVED, UNMODIFIED or MODIFIED. Where every frame was treated for burned-in text and nothing identifying was found in the result, Clean Pixel Data Option (113101) is among the codes and Burned In Annotation (0028,0301) is NO; otherwise neither is written, Burned In Annotation is left as received (but a NO of images likely to carry text becomes YES), and codes 113101 and 113102 of earlier de-identifiers are not handed on. Where an own rule of a profile lets through what the standard does not, no code is written and the method says so.

**Type of an attribute.** Compound actions are settled by the Type of the attribute at its place in the IOD where the gateway's tables have it (PS3.3), else by the alternative that every IOD allows. References to instances (X/Z/U*) always stay, with new UIDs. Dummies are constants that differ from the original; a code string has no dummy that is legal everywhere and is removed.

**What no table lists** is judged by its VR: dates, times and names as X/Z/D, application entities, URLs, bytes and long texts removed, UIDs replaced, numbers, codes and short texts kept unless they repeat an identifier of the object or are not what their VR says. Elements that PS3.6 does not know, elements sent as UN that are no sequence, group lengths and whole overlay and curve planes are removed.

**Text that stays** is searched for the object's own identifiers: parts of names, identifiers, dates, places, in any case, spelling and separation.

**Pixels.** Overlay planes in unused bits, bytes behind the last frame, and comments and application segments of compressed frames are removed. Images likely to carry burned-in text, by SOP Class, Modality, Image Type, the attributes of secondary capture and others (an incoming Burned In Annotation NO is not believed), are treated as the profile says (\`pixels\`): text is found in every frame by a neural detector and read, then blanked (all of it, or all but known harmless annotations) in the stored values, together with what device rules and the Sequence of Ultrasound Regions (PS3.3 C.8.5.5) name; the result is searched again, and an image in which identifying text is still found is held. Images of low risk are not searched unless the profile says so. A person can release a held image with boxes of their own.

**File.** Preamble and File Meta Information are written anew; nothing of the received ones is copied.

**Restrictions.** Pixel values outside of blanked regions are not changed (frames that came with loss are written without further loss; of JPEG Baseline and Extended what is blanked reaches to the end of its blocks): whoever has the originals can match the images by their pixels, whatever becomes of UIDs. Faces in volumes are not altered (113102 is not claimed).`;
}

/** How each option is carried out where the standard leaves it open. */
const manners: Readonly<Record<ProfileOption, string>> = {
  retainSafePrivate:
    "Elements of Table E.3.10-1, known by group, creator and low byte; numbers, codes, UIDs (replaced) and sequences (by the same rules) unless the profile names other classes. A sender's own declaration (0008,0300) is believed where it warns, not where it reassures.",
  retainUids:
    'UIDs stay; text in their place is replaced, and so is a UID that contains the Patient ID, the accession number or the birth date, and beside Modified Dates one that contains a date. Forms of dates that vendors invented are not known.',
  retainDeviceIdentity:
    'Kept, except that true dates beside shifted ones are shifted too (Modified Dates wins) unless the profile sets `trueDeviceDates`; 300C,0127 is not taken for a device.',
  retainInstitutionIdentity: 'Kept, unless a value repeats an identifier of the patient.',
  retainPatientCharacteristics:
    'Kept; ages above 89 years are written as 090Y; text cleaned as descriptors are.',
  retainLongFullDates:
    'Dates and times that are ones stay; anything else in their place goes as in the basic profile. Birth date does not stay.',
  retainLongModifiedDates:
    'Dates of DA and DT move back by 1 to 10 years, a whole number of weeks, by HMAC of the patient; times of day stay. Intervals and weekdays are those of the original. Partial and impossible dates, and dates that are known placeholders, go as in the basic profile.',
  cleanDescriptors:
    "The object's identifiers, and patterns of dates, numbers, addresses and names after titles, are cut out of the text; with `vocabulary: listed` only words of an imaging vocabulary stay.",
  cleanStructuredContent:
    'Content items by Table E.3.4-1: person names and unlisted text go, references and UIDs are replaced, dates by the option about dates, measurements and codes stay.',
  cleanGraphics:
    'Graphics of presentation states stay, their text cleaned. Overlay planes are removed: bits cannot be read.',
};

function options(): string {
  const rows = profileOptions.map((option) => [
    `\`${option}\``,
    `${methodCodes[option].code} ${methodCodes[option].meaning}`,
    manners[option],
  ]);
  return `## Options

Retain Longitudinal Temporal Information with Full Dates and with Modified Dates exclude each other. Clean Pixel Data (113101) is no option of a profile but follows from its \`pixels\`, image by image. Clean Recognizable Visual Features (113102) is not offered.

${table(['in a profile', 'CID 7050', 'manner'], rows)}`;
}

function profiles(): Profile[] {
  const others = profileNames().filter(({ name }) => name !== basicProfile.id);
  return [basicProfile, ...others.map(({ name }) => loadProfileWithSource(name).profile)];
}

/** Every attribute that some table names, with its action under the basic profile and where options differ. */
function attributes(): string {
  const all = profiles();
  const described = all.map(
    ({ id, definition }) =>
      `- \`${id}\`: ${definition.description}${definition.options.length === 0 ? '' : ` Options: ${definition.options.map((option) => `\`${option}\``).join(', ')}.`}`,
  );
  const byProfile = all.map((profile) => new Map(explainProfile(profile).map((one) => [one.tag, one])));
  const [basic = new Map<string, Explanation>(), ...others] = byProfile;
  const listed = new Set([
    ...tableE11.map(({ tag }) => `(${tag})`),
    ...notInTable.map(({ tag }) => `(${tag})`),
    ...[...supplement.keys()].map(tagText),
  ]);
  const rows = [...basic.values()]
    .filter(({ tag }) => listed.has(tag))
    .map((one) => [
      one.tag,
      one.keyword,
      one.vr,
      one.code ?? '',
      one.action,
      ...others.map((profile) => {
        const other = profile.get(one.tag);
        return other === undefined || other.action === one.action ? '' : other.action;
      }),
    ]);
  return `## Attributes and actions

The profiles that come with the gateway; \`sallyport profile show FILE\` prints the same for any other:

${described.join('\n')}

A cell left empty says: as under \`basic\`. Actions are those at a place whose Type is not known. Attributes of PS3.6 that are not listed here go by their VR, as told above; private elements, curves (50xx) and overlays (60xx) are removed.

${table(['tag', 'keyword', 'VR', 'code', ...all.map(({ id }) => `\`${id}\``)], rows)}`;
}

const contentWords: Readonly<Record<ContentAction, string>> = {
  remove: 'removed',
  dummy: 'replaced by a dummy',
  keep: 'kept',
  clean: 'kept without identifiers',
  shift: "shifted by the patient's whole weeks",
  remapUid: 'replaced by a new UID',
  token: 'replaced by a token',
  attributes: 'kept; its attributes by the rules above',
};

/** What becomes of content items under Clean Structured Content, with that option alone and with all that go with it. */
function structuredContent(): string {
  const withOptions = (...more: readonly ProfileOption[]) =>
    new Map(
      listedContent({ options: new Set(['cleanStructuredContent', ...more]), trueDeviceDates: false }).map(
        ({ row, decision }) => [row, contentWords[decision.action]],
      ),
    );
  const alone = withOptions();
  const cleaned = withOptions('cleanDescriptors', 'retainLongModifiedDates', 'retainPatientCharacteristics');
  const rows = [...alone].map(([row, action]) => [
    `${row.scheme} ${row.code}`,
    row.meaning,
    row.valueType,
    action,
    cleaned.get(row) === action ? '' : (cleaned.get(row) ?? ''),
  ]);
  return `## Content items

Without Clean Structured Content (and Clean Graphics for presentation states) such objects are held, or their content is replaced by a minimal valid container, as \`structuredContent\` of the profile says. With it, the content tree is edited item by item: ${conceptTableEdition} decides by concept name and value type. Person names, tables, and text under any other concept are removed; codes, numbers and coordinates stay. References to instances and UIDs always stay, with new values, also where the table removes them, so that a report still points at its images. An item that others hang on, or refer to, gets a dummy value instead of going; references by position are counted anew.

${table(['concept', 'meaning', 'value type', 'with `cleanStructuredContent`', 'and with `cleanDescriptors`, `retainLongModifiedDates`, `retainPatientCharacteristics`'], rows)}`;
}

function tagText(tag: number): string {
  const digits = tag.toString(16).toUpperCase().padStart(8, '0');
  if (lookup(tag) === undefined) throw new Error(`the supplement lists ${digits}, which PS3.6 does not know`);
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}

function privateElements(): string {
  return `## Private attributes

Without Retain Safe Private all are removed. With it, those of Table E.3.10-1 stay with their creators, by the classes the profile names. Private attributes of the gateway: none; SOP Classes of the gateway: none; transfer syntaxes of the gateway: none.`;
}

function media(): string {
  return `## Files and character sets

\`sallyport deidentify\` reads and writes Part 10 files (PS3.10); it does not create DICOMDIR. Character sets: all of PS3.3 C.12.1.1.2 with and without code extensions, at every depth; text goes on in the character set in which it came.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
