/** Media types of encoded images, as registered with IANA. */
export type ContentType = 'image/jpeg' | 'image/png' | 'image/jxl' | 'image/jphc';
