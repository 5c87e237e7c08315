/** Media types of encoded images, as registered with IANA: image/jphc is a bare HTJ2K code stream (ISO/IEC 15444-15). */
export const contentTypes = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  jxl: 'image/jxl',
  htj2k: 'image/jphc',
} as const;

export type ContentType = (typeof contentTypes)[keyof typeof contentTypes];

/** How files of a media type end. */
export const fileExtensions: Readonly<Record<ContentType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/jxl': 'jxl',
  'image/jphc': 'jhc',
};
