/**
 * Attributes that no rule of a profile's author may touch, because delivery, decoding or the record of what was done
 * stands on them. Engine and profile check ask the same function: a wide selector (a VR, a pattern) passes them over.
 */

const characterSet = 0x00080005;
const identity: ReadonlySet<number> = new Set([0x00080018, 0x0020000d, 0x0020000e]);
const markers: ReadonlySet<number> = new Set([
  0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280302, 0x00280303,
]);
const pixelData: ReadonlySet<number> = new Set([
  0x7fe00001, 0x7fe00002, 0x7fe00003, 0x7fe00008, 0x7fe00009, 0x7fe00010,
]);
/** Image Pixel module (PS3.3 C.7.6.3) as far as pixels cannot be read without it, and Number of Frames. */
const pixelDescription: ReadonlySet<number> = new Set([
  0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102,
  0x00280103, 0x00281101, 0x00281102, 0x00281103, 0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222,
  0x00281223,
]);

/** Why the attribute (0xGGGGEEEE) belongs to the gateway, as the end of a sentence; undefined when it does not. */
export function ownedByGateway(tag: number): string | undefined {
  const group = tag >>> 16;
  if ((tag & 0xffff) === 0) return 'group lengths are removed, since every change would make them wrong';
  if (group === 0x0000 || group === 0x0002 || group === 0x0004 || group === 0xfffe)
    return 'commands, File Meta Information, media directories and item marks are structure that the gateway writes itself';
  if (isRepeatingPlane(group))
    return 'curves, overlays and retired pixel data are removed as whole planes, since a part of one is no use';
  if (tag === 0x00080016) return 'SOP Class UID says what the object is';
  if (tag === characterSet) return 'Specific Character Set says how the text that stays is to be read';
  if (identity.has(tag))
    return 'delivery goes by this UID, which is always replaced alike in all instances; retainUids keeps it';
  if (markers.has(tag)) return 'it records what de-identification did';
  if (pixelData.has(tag)) return 'pixels are handled by pixel rules';
  if (pixelDescription.has(tag)) return 'the pixels cannot be read without it';
  return undefined;
}

/** Groups of curves (50xx), overlays (60xx) and variable pixel data (7Fxx but 7FE0). */
function isRepeatingPlane(group: number): boolean {
  const high = group >>> 8;
  return high === 0x50 || high === 0x60 || (high === 0x7f && group !== 0x7fe0);
}
