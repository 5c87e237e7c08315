/** Bytes of one strip: libtiff reads strip by strip. */
const stripBytes = 262_144;
const entryCount = 11;
const headerBytes = 8;
const directoryBytes = 2 + 12 * entryCount + 4;

const long = 4;
const short = 3;
const undefinedType = 7;

/**
 * An uncompressed TIFF 6.0 of interleaved 8-bit RGB rows with an ICC profile in tag 34675: the form in which libvips takes
 * pixels and their profile together. At most 2^32 bytes.
 */
export function profiledTiff(
  width: number,
  height: number,
  rgb: Uint8Array,
  profile: Uint8Array,
): Uint8Array {
  const rowBytes = 3 * width;
  const rowsPerStrip = Math.min(height, Math.max(1, Math.floor(stripBytes / rowBytes)));
  const strips = Math.ceil(height / rowsPerStrip);
  const bitsAt = headerBytes + directoryBytes;
  const offsetsAt = bitsAt + 8;
  const countsAt = offsetsAt + 4 * strips;
  const profileAt = countsAt + 4 * strips;
  const pixelsAt = profileAt + profile.length + (profile.length % 2);
  const out = new Uint8Array(pixelsAt + rowBytes * height);
  const view = new DataView(out.buffer);
  view.setUint16(0, 0x4949, true); // II: little endian
  view.setUint16(2, 42, true);
  view.setUint32(4, headerBytes, true);
  view.setUint16(headerBytes, entryCount, true);
  const one = strips === 1;
  const entries: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, 3, bitsAt],
    [259, short, 1, 1], // no compression
    [262, short, 1, 2], // RGB
    [273, long, strips, one ? pixelsAt : offsetsAt],
    [277, short, 1, 3],
    [278, long, 1, rowsPerStrip],
    [279, long, strips, one ? rowBytes * height : countsAt],
    [284, short, 1, 1], // interleaved
    [34675, undefinedType, profile.length, profileAt],
  ];
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = headerBytes + 2 + 12 * index;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, value, true);
  }
  for (let i = 0; i < 3; i++) view.setUint16(bitsAt + 2 * i, 8, true);
  for (let i = 0; i < strips; i++) {
    const firstRow = i * rowsPerStrip;
    view.setUint32(offsetsAt + 4 * i, pixelsAt + firstRow * rowBytes, true);
    view.setUint32(countsAt + 4 * i, Math.min(rowsPerStrip, height - firstRow) * rowBytes, true);
  }
  out.set(profile, profileAt);
  out.set(rgb.subarray(0, rowBytes * height), pixelsAt);
  return out;
}
