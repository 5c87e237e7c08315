/**
 * Comments by which encoders name themselves, in JPEG and JPEG 2000 alike: exact forms, so that nothing else fits in.
 * Frames with these alone stay byte for byte as received.
 */
const encoderNames: readonly RegExp[] = [
  /^Created by (GDCM\/)?OpenJPEG version \d[\d.]{0,11}$/,
  /^Kakadu-v?\d[\d.]{0,11}$/,
  /^OpenJPH Ver \d[\d.]{0,11}$/,
  /^(Creator: )?JasPer Version \d[\d.]{0,11}$/,
  /^Created by: JJ2000 version \d[\d.]{0,11}$/,
  /^Kdu-Layer-Info: log_2\{Delta-D\(squared-error\)\/Delta-L\(bytes\)\}, L\(bytes\)\n[-\d.,e+\s]{1,4000}$/,
  /^MITRA_DICOM_STANDARD$/,
  /^LEAD Technologies Inc\. V1\.0\d$/,
  /^Intel\(R\) JPEG Library, version \[\d[\d.]{0,15}\]$/,
  /^CREATOR: gd-jpeg v1\.0 \(using IJG JPEG v\d{2,3}\), (default quality|quality = \d{1,3})\n$/,
  /^Lavc\d{2}\.\d{1,3}\.\d{1,3}$/,
];

/** Whether a comment says no more than which encoder made the frame. A NUL behind it counts as padding. */
export function isEncoderName(comment: string): boolean {
  const text = comment.replace(/\0{1,2}$/, '');
  return encoderNames.some((name) => name.test(text));
}
