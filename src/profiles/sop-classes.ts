import { storageSopClassTable } from '../dicom/storage-sop-classes.ts';

/** Names of which PS3.6 makes another keyword than the rule below. */
const irregular: Readonly<Record<string, string>> = {
  '12-lead ECG Waveform Storage': 'TwelveLeadECGWaveformStorage',
  'Multi-channel Respiratory Waveform Storage': 'MultichannelRespiratoryWaveformStorage',
  'Ophthalmic Optical Coherence Tomography B-scan Volume Analysis Storage':
    'OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage',
  'DICOS Quadrupole Resonance (QR) Storage': 'DICOSQuadrupoleResonanceStorage',
};

/** The keyword of PS3.6 for a name of its Table A-1: words joined, each with a capital. */
function keywordOf(name: string): string {
  return (
    irregular[name] ??
    name
      .split(/[^A-Za-z0-9]+/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')
  );
}

const uidsByKeyword = new Map<string, string>();
const keywordsByUid = new Map<string, string>();
// The class that is not retired has the plain keyword where a name was given out twice (PS3.6 Table A-1).
for (const [uid, name] of storageSopClassTable.toSorted((a, b) => Number(a[2]) - Number(b[2]))) {
  const plain = keywordOf(name);
  const keyword = uidsByKeyword.has(plain) ? `${plain}Retired` : plain;
  uidsByKeyword.set(keyword, uid);
  keywordsByUid.set(uid, keyword);
}

/** Keywords of the storage SOP classes, sorted. */
export const sopClassKeywords: readonly string[] = [...uidsByKeyword.keys()].sort();

/** The UID of a storage SOP class given by keyword or UID; undefined for any other. */
export function sopClassUidOf(keywordOrUid: string): string | undefined {
  return keywordsByUid.has(keywordOrUid) ? keywordOrUid : uidsByKeyword.get(keywordOrUid);
}

/** The keyword of a storage SOP class, or its UID where it has none. */
export function sopClassKeyword(uid: string): string {
  return keywordsByUid.get(uid) ?? uid;
}
