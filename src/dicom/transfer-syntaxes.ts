/** How one transfer syntax encodes a data set (PS3.5 clause 10 and annex A) and what this gateway does with it. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** Pixel data travels as fragments in items (PS3.5 A.4). */
  readonly encapsulated: boolean;
  /** The whole data set after group 0002 is one raw deflate stream (PS3.5 A.5). */
  readonly deflated: boolean;
  /** Accepted in a presentation context of a storage SOP Class. */
  readonly storable: boolean;
  /** Its pixels can be decoded here, those of videos if there is an ffmpeg; what cannot is kept and held. */
  readonly renderable: boolean;
  /** Encoding to it can lose information, so a sender must not be led to convert to it. */
  readonly lossy: boolean;
}

type Trait = 'lossy' | 'renderable';

function native(uid: string, name: string, explicitVr: boolean, littleEndian = true): TransferSyntax {
  return {
    uid,
    name,
    explicitVr,
    littleEndian,
    encapsulated: false,
    deflated: false,
    storable: true,
    renderable: true,
    lossy: false,
  };
}

function encapsulated(uid: string, name: string, ...traits: readonly Trait[]): TransferSyntax {
  return {
    uid,
    name,
    explicitVr: true,
    littleEndian: true,
    encapsulated: true,
    deflated: false,
    storable: true,
    renderable: traits.includes('renderable'),
    lossy: traits.includes('lossy'),
  };
}

/** Pixels stay with a JPIP server: the data set is whole, the image is not in it. */
function referenced(uid: string, name: string, deflated: boolean): TransferSyntax {
  return { ...native(uid, name, true), deflated, renderable: false, lossy: true };
}

/** In the registry, but never the encoding of a data set inside C-STORE (real-time video, MIME, XML, Papyrus). */
function notForStorage(uid: string, name: string): TransferSyntax {
  return { ...native(uid, name, true), storable: false, renderable: false };
}

/**
 * Every transfer syntax of PS3.6 table A-1, retired ones included. **The order is the order of preference** when one
 * presentation context proposes several. PS3.8 gives the order of a proposal no meaning and the acceptor does not know
 * which form the sender holds, so the choice that can never cost information comes first: decoding to a native form
 * loses nothing, encoding to a lossy one does. Hence
 *   1. native: explicit little endian before the default implicit one (keeps VRs of private elements), then deflated,
 *      then big endian;
 *   2. lossless compression that can be rendered here, the widespread ones first;
 *   3. lossy compression that can be rendered here (a sender that offers only these holds such an image);
 *   4. the rest that can be stored, lossless before lossy; video is last, as its decoder is no part of this product.
 * A sender that proposes one transfer syntax per context (the rule for compressed images) is not affected at all.
 */
export const transferSyntaxTable: readonly TransferSyntax[] = [
  native('1.2.840.10008.1.2.1', 'Explicit VR Little Endian', true),
  native('1.2.840.10008.1.2', 'Implicit VR Little Endian', false),
  { ...native('1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', true), deflated: true },
  native('1.2.840.10008.1.2.2', 'Explicit VR Big Endian', true, false),

  encapsulated('1.2.840.10008.1.2.4.70', 'JPEG Lossless, First-Order Prediction', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.90', 'JPEG 2000 (Lossless Only)', 'renderable'),
  encapsulated('1.2.840.10008.1.2.5', 'RLE Lossless', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 (Lossless Only)', 'renderable'),
  encapsulated(
    '1.2.840.10008.1.2.4.202',
    'High-Throughput JPEG 2000 with RPCL (Lossless Only)',
    'renderable',
  ),
  encapsulated('1.2.840.10008.1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'renderable'),
  encapsulated('1.2.840.10008.1.2.8.1', 'Deflated Image Frame Compression', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', 'renderable'),

  encapsulated('1.2.840.10008.1.2.4.50', 'JPEG Baseline (Process 1)', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.51', 'JPEG Extended (Process 2 and 4)', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.81', 'JPEG-LS Lossy (Near-Lossless)', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.91', 'JPEG 2000', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.53', 'JPEG Spectral Selection (Process 6 and 8)', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.55', 'JPEG Full Progression (Process 10 and 12)', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.112', 'JPEG XL', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', 'lossy', 'renderable'),

  encapsulated('1.2.840.10008.1.2.4.92', 'JPEG 2000 Part 2 Multi-component (Lossless Only)'),
  encapsulated('1.2.840.10008.1.2.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)'),
  encapsulated('1.2.840.10008.1.2.4.65', 'JPEG Lossless, Hierarchical (Process 28)'),
  encapsulated('1.2.840.10008.1.2.4.66', 'JPEG Lossless, Hierarchical (Process 29)'),
  encapsulated('1.2.840.10008.1.2.4.93', 'JPEG 2000 Part 2 Multi-component', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.52', 'JPEG Extended (Process 3 and 5)', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.54', 'JPEG Spectral Selection (Process 7 and 9)', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.56', 'JPEG Full Progression (Process 11 and 13)', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.59', 'JPEG Extended, Hierarchical (Process 16 and 18)', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.60', 'JPEG Extended, Hierarchical (Process 17 and 19)', 'lossy'),
  encapsulated(
    '1.2.840.10008.1.2.4.61',
    'JPEG Spectral Selection, Hierarchical (Process 20 and 22)',
    'lossy',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.62',
    'JPEG Spectral Selection, Hierarchical (Process 21 and 23)',
    'lossy',
  ),
  encapsulated('1.2.840.10008.1.2.4.63', 'JPEG Full Progression, Hierarchical (Process 24 and 26)', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.64', 'JPEG Full Progression, Hierarchical (Process 25 and 27)', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level', 'lossy', 'renderable'),
  encapsulated(
    '1.2.840.10008.1.2.4.100.1',
    'Fragmentable MPEG2 Main Profile / Main Level',
    'lossy',
    'renderable',
  ),
  encapsulated('1.2.840.10008.1.2.4.101', 'MPEG2 Main Profile / High Level', 'lossy', 'renderable'),
  encapsulated(
    '1.2.840.10008.1.2.4.101.1',
    'Fragmentable MPEG2 Main Profile / High Level',
    'lossy',
    'renderable',
  ),
  encapsulated('1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'lossy', 'renderable'),
  encapsulated(
    '1.2.840.10008.1.2.4.102.1',
    'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1',
    'lossy',
    'renderable',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.103',
    'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1',
    'lossy',
    'renderable',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.103.1',
    'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile',
    'lossy',
    'renderable',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.104',
    'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video',
    'lossy',
    'renderable',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.104.1',
    'Fragmentable MPEG-4 AVC/H.264 Level 4.2 For 2D Video',
    'lossy',
    'renderable',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.105',
    'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video',
    'lossy',
    'renderable',
  ),
  encapsulated(
    '1.2.840.10008.1.2.4.105.1',
    'Fragmentable MPEG-4 AVC/H.264 Level 4.2 For 3D Video',
    'lossy',
    'renderable',
  ),
  encapsulated('1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile', 'lossy'),
  encapsulated('1.2.840.10008.1.2.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'lossy', 'renderable'),
  encapsulated('1.2.840.10008.1.2.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'lossy', 'renderable'),
  referenced('1.2.840.10008.1.2.4.94', 'JPIP Referenced', false),
  referenced('1.2.840.10008.1.2.4.95', 'JPIP Referenced Deflate', true),
  referenced('1.2.840.10008.1.2.4.204', 'JPIP HTJ2K Referenced', false),
  referenced('1.2.840.10008.1.2.4.205', 'JPIP HTJ2K Referenced Deflate', true),

  notForStorage('1.2.840.10008.1.2.6.1', 'RFC 2557 MIME Encapsulation'),
  notForStorage('1.2.840.10008.1.2.6.2', 'XML Encoding'),
  notForStorage('1.2.840.10008.1.2.7.1', 'SMPTE ST 2110-20 Uncompressed Progressive Active Video'),
  notForStorage('1.2.840.10008.1.2.7.2', 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video'),
  notForStorage('1.2.840.10008.1.2.7.3', 'SMPTE ST 2110-30 PCM Digital Audio'),
  { ...notForStorage('1.2.840.10008.1.20', 'Papyrus 3 Implicit VR Little Endian'), explicitVr: false },
];
