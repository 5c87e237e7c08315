import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Test } from 'tap';

/** Programs the tests talk to: where each comes from on Debian, and how it is found. */
export const peers = {
  echoscu: { package: 'dcmtk', programs: ['echoscu'] },
  storescu: { package: 'dcmtk', programs: ['storescu'] },
  dcmsend: { package: 'dcmtk', programs: ['dcmsend'] },
  storescp: { package: 'dcmtk', programs: ['storescp'] },
  dcmdump: { package: 'dcmtk', programs: ['dcmdump'] },
  dsrdump: { package: 'dcmtk', programs: ['dsrdump'] },
  dsr2xml: { package: 'dcmtk', programs: ['dsr2xml'] },
  Orthanc: { package: 'orthanc', programs: ['Orthanc'] },
  OrthancDicomWeb: {
    package: 'orthanc-dicomweb',
    programs: ['Orthanc'],
    files: ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so'],
  },
  dcmcjpeg: { package: 'dcmtk', programs: ['dcmcjpeg', 'dcmdjpeg'] },
  dcmj2pnm: { package: 'dcmtk', programs: ['dcmj2pnm'] },
  gdcmconv: { package: 'libgdcm-tools', programs: ['gdcmconv'] },
  opj_decompress: { package: 'libopenjp2-tools', programs: ['opj_decompress'] },
  ojph_expand: { package: 'openjph-tools', programs: ['ojph_expand'] },
  djxl: { package: 'libjxl-tools', programs: ['djxl'] },
  djpeg: { package: 'libjpeg-turbo-progs', programs: ['djpeg', 'cjpeg'] },
  dciodvfy: { package: 'dicom3tools', programs: ['dciodvfy'] },
  dcm2niix: { package: 'dcm2niix', programs: ['dcm2niix'] },
  pdfinfo: { package: 'poppler-utils', programs: ['pdfinfo'] },
  pdftotext: { package: 'poppler-utils', programs: ['pdftotext'] },
  qpdf: { package: 'qpdf', programs: ['qpdf'] },
  ffmpeg: { package: 'ffmpeg', programs: ['ffmpeg'] },
  transicc: { package: 'liblcms2-utils', programs: ['transicc'] },
  tesseract: { package: 'tesseract-ocr', programs: ['tesseract'] },
  xmllint: { package: 'libxml2-utils', programs: ['xmllint'] },
  rsyslogd: { package: 'rsyslog', programs: ['rsyslogd'] },
  RsyslogTls: {
    package: 'rsyslog-gnutls',
    programs: ['rsyslogd'],
    files: [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/rsyslog/lmnsd_gtls.so`],
  },
  openssl: { package: 'openssl', programs: ['openssl'] },
  chromium: { package: 'chromium', programs: ['chromium'] },
  pydicom: {
    package: 'python3-pydicom',
    programs: ['python3'],
    files: ['/usr/lib/python3/dist-packages/pydicom/__init__.py'],
  },
} as const satisfies Record<
  string,
  { package: string; programs: readonly string[]; files?: readonly string[] }
>;
export type PeerName = keyof typeof peers;

/** Further packages the peers need to do their work. */
export const supportPackages = ['python3-gdcm', 'python3-numpy', 'python3-pil', 'fonts-dejavu-core'] as const;

/** Daemons of Debian packages live in sbin, which is not on everyone's PATH. The system's own python has the modules. */
const folders = ['/usr/bin', '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)];

/** Path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export function hasPeer(name: PeerName): boolean {
  const peer: { programs: readonly string[]; files?: readonly string[] } = peers[name];
  return (
    peer.programs.every((program) => findProgram(program) !== undefined) &&
    (peer.files ?? []).every(isReadable)
  );
}

/** Names of all peers that are not installed. */
export function missingPeers(): PeerName[] {
  return (Object.keys(peers) as PeerName[]).filter((name) => !hasPeer(name));
}

/** Path of the program of a peer that `requirePeer` has found. */
export function peerProgram(name: PeerName): string {
  const path = findProgram(peers[name].programs[0]);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

/**
 * False where one of the peers is missing: the test is then reported as skipped by the peer's name and must return at
 * once. With CI=true a missing peer fails the test instead.
 */
export function requirePeer(t: Pick<Test, 'fail' | 'plan'>, ...names: PeerName[]): boolean {
  const missing = names.filter((name) => !hasPeer(name));
  if (missing.length === 0) return true;
  const reason = `not installed: ${missing.join(', ')} (Debian: ${missing.map((name) => peers[name].package).join(', ')})`;
  if (process.env.CI === 'true') t.fail(reason);
  else t.plan(0, reason);
  return false;
}

function isExecutable(path: string): boolean {
  return isAccessible(path, constants.X_OK);
}
function isReadable(path: string): boolean {
  return isAccessible(path, constants.R_OK);
}
function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
