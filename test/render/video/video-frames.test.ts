import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { transferSyntaxTable } from '../../../src/dicom/transfer-syntaxes.ts';
import type { DrawnFrame } from '../../../src/render/render.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';
import { requirePeer } from '../../support/peers.ts';
import { difference, open } from '../drawn.ts';
import { drawVideo, ffmpeg, h264, makeStream, mpeg2, streamKinds, video } from './streams.ts';

const bytesOf = (frames: readonly DrawnFrame[]): Buffer =>
  Buffer.concat(frames.map(({ image }) => image.pixels));

/** RGB of all frames as zimg converts them, a library that shares nothing with ffmpeg's own conversion. */
const theirs = (path: string): Buffer => {
  const unmarked = 'setfield=prog,setparams=range=limited:colorspace=smpte170m:color_primaries=smpte170m';
  const converted =
    'zscale=matrixin=170m:rangein=limited:chromalin=left:filter=bilinear:matrix=gbr:range=full';
  const filter = `${unmarked},${converted},format=gbrp,format=rgb24`;
  return ffmpeg(
    ...['-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-vf', filter, '-f', 'rawvideo', '-'],
  );
};

/** The planes of all frames as they are stored: luminance in full, chrominance of half the size or the same. */
const planes = (path: string, format: string): Buffer =>
  ffmpeg(
    ...['-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', format, '-'],
  );

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / a.length;
}

// Many runs of another program, on machines that may be slow.
t.setTimeout(600_000);

t.test(
  'every coding in every container gives the pictures that another converter shows, in order',
  async (t) => {
    if (!requirePeer(t, 'ffmpeg')) return;
    const folder = t.testdir();
    for (const kind of streamKinds) {
      const path = makeStream(folder, kind);
      const frames = await drawVideo(video(path, { syntax: kind.syntax, size: kind.size ?? '320x240' }));
      t.same(
        frames.map(({ frame }) => frame),
        Array.from({ length: 25 }, (_, index) => index + 1),
        kind.name,
      );
      t.match(frames[24], { framesSelected: 25, numberOfFrames: 25, image: { channels: 3 } });
      const expected = theirs(path);
      const ours = bytesOf(frames);
      const mean = meanDifference(ours, expected);
      t.comment(`${kind.name}: mean difference ${mean.toFixed(3)}`);
      // The rest is how chrominance is interpolated at edges, linearly or by cubic curves.
      t.ok(mean < 1, `${kind.name}: mean difference ${mean.toFixed(2)}`);
      // A picture of another time would be far off: each is nearer to its own than to its neighbour's.
      const size = ours.length / 25;
      for (const index of [0, 12, 23]) {
        const own = ours.subarray(index * size, (index + 1) * size);
        const next = expected.subarray((index + 1) * size, (index + 2) * size);
        const here = meanDifference(own, expected.subarray(index * size, (index + 1) * size));
        t.ok(here < meanDifference(own, next), `${kind.name}: frame ${index + 1} is that frame`);
      }
    }
  },
);

t.test('luminance is kept to one level: the colours are those of the formula', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const folder = t.testdir();
  // Y = 16 ... 235, C = 16 ... 240; Kr and Kb of ITU-R BT.601 and BT.709.
  const matrices = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;
  const cases = [
    { file: 'unmarked.mp4', mark: [], matrix: 'bt601', full: false },
    { file: 'unmarked.m2v', mark: ['-c:v', 'mpeg2video'], matrix: 'bt601', full: false },
    {
      file: 'marked601.mp4',
      mark: ['-colorspace', 'smpte170m', '-color_range', 'tv'],
      matrix: 'bt601',
      full: false,
    },
    { file: 'marked709.mp4', mark: ['-colorspace', 'bt709'], matrix: 'bt709', full: false },
    {
      file: 'marked709.m2v',
      mark: [
        ...['-c:v', 'mpeg2video', '-colorspace', 'bt709'],
        ...['-color_primaries', 'bt709', '-color_trc', 'bt709'],
      ],
      matrix: 'bt709',
      full: false,
    },
    {
      file: 'marked709.265',
      mark: ['-c:v', 'libx265', '-x265-params', 'log-level=none:colormatrix=bt709:lossless=1', '-f', 'hevc'],
      matrix: 'bt709',
      full: false,
    },
    { file: 'full.mp4', mark: ['-pix_fmt', 'yuvj420p', '-color_range', 'pc'], matrix: 'bt601', full: true },
  ] as const;
  for (const { file, mark, matrix, full } of cases) {
    const path = join(folder, file);
    // Large: HD does not change what an unmarked stream means.
    const pictures = 'smptebars=s=1280x720:r=25:d=0.08';
    ffmpeg('-f', 'lavfi', '-i', pictures, '-pix_fmt', 'yuv420p', '-qp', '4', ...mark, path);
    const [first] = await drawVideo(video(path, { size: '1280x720', frames: 2 }));
    const stored = planes(path, full ? 'yuvj420p' : 'yuv420p');
    const [kr, kb] = matrices[matrix];
    const kg = 1 - kr - kb;
    let max = 0;
    let compared = 0;
    for (let row = 8; row < 712; row += 16) {
      for (let column = 8; column < 1272; column += 16) {
        const at = (plane: number, y: number, x: number): number =>
          plane === 0
            ? (stored[y * 1280 + x] ?? 0)
            : (stored[1280 * 720 + (plane - 1) * 640 * 360 + (y >> 1) * 640 + (x >> 1)] ?? 0);
        // Within one colour only: edges are a matter of interpolation.
        const isFlat = [1, 2].every((plane) =>
          [-4, 4].every(
            (by) =>
              at(plane, row + by, column) === at(plane, row, column) &&
              at(plane, row, column + by) === at(plane, row, column),
          ),
        );
        if (!isFlat) continue;
        const y = full ? at(0, row, column) : ((at(0, row, column) - 16) * 255) / 219;
        const [cb = 0, cr = 0] = [1, 2].map((plane) => {
          const centred = at(plane, row, column) - 128;
          return full ? centred : (centred * 255) / 224;
        });
        const rgb = [
          y + 2 * (1 - kr) * cr,
          y - (2 * kb * (1 - kb) * cb + 2 * kr * (1 - kr) * cr) / kg,
          y + 2 * (1 - kb) * cb,
        ];
        for (const [channel, value] of rgb.entries()) {
          const drawn = first?.image.pixels[3 * (row * 1280 + column) + channel] ?? -1;
          max = Math.max(max, Math.abs(drawn - Math.min(255, Math.max(0, value))));
          compared += 1;
        }
      }
    }
    t.ok(compared > 3000, `${file}: ${compared} samples compared`);
    t.ok(max < 1.6, `${file}: at most ${max.toFixed(2)} from the formula`);
  }
});

t.test('fragments are one stream, wherever they are cut', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const kind = streamKinds.find(({ file }) => file === 'v.mp4');
  if (kind === undefined) throw new Error('no such stream');
  const path = makeStream(t.testdir(), kind);
  const whole = bytesOf(await drawVideo(video(path)));
  for (const cuts of [[2], [1000, 2, 4096], [0, 5000, 0]]) {
    const frames = await drawVideo(video(path, { syntax: `${h264}.1`, cuts }));
    t.same(difference(bytesOf(frames), whole), { max: 0, beyondOne: 0 }, `cut at ${cuts}`);
  }
});

t.test('frames are selected by what the stream holds', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const path = makeStream(t.testdir(), { file: 'v.m2v', encode: ['-c:v', 'mpeg2video', '-bf', '2'] });
  const all = await drawVideo(video(path));
  const selected = async (frames: Parameters<typeof drawVideo>[1], declared?: number) => {
    const drawn = await drawVideo(video(path, { frames: declared ?? 25 }), frames);
    for (const { frame, image } of drawn)
      t.same(difference(image.pixels, all[frame - 1]?.image.pixels ?? new Uint8Array()).max, 0);
    for (const { framesSelected } of drawn) t.equal(framesSelected, drawn.length);
    return drawn.map(({ frame }) => frame);
  };
  t.same(await selected({ frames: { kind: 'first' } }), [1]);
  t.same(await selected({ frames: { kind: 'middle' } }), [13]);
  t.same(await selected({ frames: { kind: 'every', n: 10 } }), [1, 11, 21]);
  t.same(await selected({ frames: { kind: 'atMost', n: 2 } }), [1, 13]);
  t.same(await selected({ frames: { kind: 'middle' } }, 1), [13], 'Number of Frames is wrong');
});

t.test('Number of Frames may be wrong, a stream may not be cut', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const path = makeStream(t.testdir(), { file: 'v.m2v', encode: ['-c:v', 'mpeg2video', '-bf', '2'] });
  for (const declared of [1, 20, 24, 26, 28]) {
    const frames = await drawVideo(video(path, { frames: declared }));
    t.equal(frames.length, 25, `${declared} declared`);
    t.equal(frames[0]?.numberOfFrames, 25);
  }
  for (const declared of [29, 1000]) {
    await t.rejects(
      drawVideo(video(path, { frames: declared })),
      { code: 'PIXEL_DATA_INVALID' },
      `${declared} declared`,
    );
  }
});

t.test('limits hold for what is in the stream, not for what is said of it', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const path = makeStream(t.testdir(), { file: 'v.m2v', encode: ['-c:v', 'mpeg2video'] });
  await t.rejects(drawVideo(video(path, { frames: 1 }), { maxFrames: 24 }), {
    code: 'PIXEL_LIMIT_EXCEEDED',
  });
  t.equal((await drawVideo(video(path, { frames: 1 }), { maxFrames: 25 })).length, 25);
  t.equal((await drawVideo(video(path), { maxFrames: 3, frames: { kind: 'every', n: 10 } })).length, 3);
  await t.rejects(drawVideo(video(path), { maxPixelsPerFrame: 320 * 240 - 1 }), {
    code: 'PIXEL_LIMIT_EXCEEDED',
  });
});

t.test('a stream that is damaged, cut, of another size or none at all gives no frame', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const folder = t.testdir();
  const refused = async (what: string, part10: ReturnType<typeof video>, code = 'PIXEL_DATA_INVALID') => {
    let frames = 0;
    const work = drawVideo(part10, {}, { scratchFolder: folder }).then((drawn) => {
      frames = drawn.length;
    });
    await t.rejects(work, { code }, what);
    t.equal(frames, 0, what);
  };
  for (const kind of streamKinds) {
    const bytes = readFileSync(makeStream(folder, kind, 2));
    const options = { syntax: kind.syntax, size: kind.size ?? '320x240', frames: 50 };
    for (const share of [0.4, 0.85]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await refused(`${kind.name}, cut at ${share}`, video(cut, options));
    }
    const [columns = 0, rows = 0] = options.size.split('x').map(Number);
    for (const size of [`${columns}x${rows - 1}`, `${rows}x${columns}`])
      await refused(`${kind.name}, said to be ${size}`, video(bytes, { ...options, size }));
  }
  // No checksum protects pictures, so that one fault may pass for another picture; many do not.
  for (const [name, from] of [
    ['f.mp4', 0.5],
    ['v.m2v', 0.3],
    ['v.264', 0.3],
    ['v265.mp4', 0.2],
    ['v.265', 0.3],
  ] as const) {
    const damaged = readFileSync(join(folder, name));
    for (let at = Math.floor(damaged.length * from); at < damaged.length; at += 97) {
      damaged[at] = 0x55 ^ (damaged[at] ?? 0);
    }
    await refused(`${name}, damaged`, video(damaged, { frames: 50 }));
  }
  const noise = Buffer.from(
    Array.from({ length: 60_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff),
  );
  await refused('noise', video(noise));
  await refused('zeros', video(new Uint8Array(60_000)));
  await refused('two bytes', video(new Uint8Array(2)));
  await refused('no bytes', video(new Uint8Array(0)));
  await refused('no fragment', video(new Uint8Array(0), { cuts: [] }));
  t.same(
    readdirSync(folder).filter((name) => name.startsWith('sallyport')),
    [],
    'nothing is left',
  );
});

t.test('the stream may name no other file, address, container or coding', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const folder = t.testdir();
  const stream = makeStream(folder, { file: 'v.mp4', encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'] });
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${stream}\n#EXT-X-ENDLIST\n`;
  await t.rejects(drawVideo(video(Buffer.from(playlist))), { code: 'PIXEL_DATA_INVALID' }, 'HLS');
  await t.rejects(
    drawVideo(video(Buffer.from(`ffconcat version 1.0\nfile ${stream}\n`))),
    { code: 'PIXEL_DATA_INVALID' },
    'concat',
  );
  for (const [file, ...encode] of [
    ['v.webm', '-c:v', 'libvpx'],
    ['mjpeg.mp4', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'],
    ['v.avi', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
  ] as const) {
    const path = makeStream(folder, { file, encode });
    await t.rejects(drawVideo(video(path)), { code: 'PIXEL_DATA_INVALID' }, file);
  }
});

t.test('what one picture could not show is held: two videos, sizes that change, a second view', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const folder = t.testdir();
  const two = join(folder, 'two.ts');
  const sources = ['testsrc2', 'smptebars'].flatMap((name) => [
    ...['-f', 'lavfi', '-i', `${name}=s=320x240:r=25:d=1`],
  ]);
  ffmpeg(...sources, '-map', '0:v', '-map', '1:v', '-c:v', 'mpeg2video', '-f', 'mpegts', two);
  await t.rejects(drawVideo(video(two)), { code: 'PIXEL_FORMAT_UNSUPPORTED' }, 'two videos');
  const small = { file: 's.264', size: '160x120', encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'] };
  const parts = [makeStream(folder, { ...small, file: 'l.264', size: '320x240' }), makeStream(folder, small)];
  const changing = Buffer.concat(parts.map((path) => readFileSync(path)));
  await t.rejects(drawVideo(video(changing, { frames: 50 })), { code: 'PIXEL_DATA_INVALID' }, 'sizes');
  const stereo = video(parts[0] ?? '', { syntax: '1.2.840.10008.1.2.4.106' });
  await t.rejects(drawVideo(stereo), { code: 'PIXEL_FORMAT_UNSUPPORTED' }, 'stereo');
  const grey = video(parts[0] ?? '', { samples: 1, photometric: 'MONOCHROME2' });
  await t.rejects(drawVideo(grey), { code: 'PIXEL_DATA_INVALID' }, 'one sample per pixel');
});

t.test('a turned or stretched picture, a cover and a title change nothing', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const folder = t.testdir();
  const plain = makeStream(folder, { file: 'v.mp4', encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'] });
  const expected = bytesOf(await drawVideo(video(plain)));
  const turned = join(folder, 'turned.mp4');
  ffmpeg('-i', plain, '-c', 'copy', '-metadata:s:v:0', 'rotate=90', '-aspect', '2:1', turned);
  t.same(difference(bytesOf(await drawVideo(video(turned))), expected).max, 0, 'rotate, aspect');
  const cover = join(folder, 'cover.png');
  ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x64', '-frames:v', '1', cover);
  const covered = join(folder, 'covered.mp4');
  const streams = ['-i', cover, '-i', plain, '-map', '0', '-map', '1', '-c', 'copy'];
  ffmpeg(...streams, '-disposition:v:0', 'attached_pic', covered);
  t.same(difference(bytesOf(await drawVideo(video(covered))), expected).max, 0, 'cover');
});

t.test(
  'all video transfer syntaxes but stereo are decoded; without an ffmpeg all are held by one code',
  async (t) => {
    const all = transferSyntaxTable.filter(({ uid }) =>
      /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/.test(uid),
    );
    t.equal(all.length, 16);
    for (const { uid, name } of all.filter(({ uid: stereo }) => !stereo.includes('.106'))) {
      const part10 = video(new Uint8Array(100), { syntax: uid });
      await t.rejects(drawVideo(part10, { ffmpeg: null }), { code: 'VIDEO_DECODER_MISSING' }, name);
      await t.rejects(
        drawVideo(part10, { ffmpeg: 'no-such-ffmpeg' }),
        { code: 'VIDEO_DECODER_MISSING' },
        name,
      );
    }
    t.equal(mpeg2, all[0]?.uid);
  },
);

t.test('the videos of the corpus are drawn', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const files = corpusFiles().filter(({ name }) => name.startsWith('generated/gen_video_'));
  t.equal(files.length, 3);
  for (const file of files) {
    const frames = await drawVideo(open(file.path));
    t.equal(frames.length, file.frames, file.name);
    t.match(frames[0]?.image, { width: file.columns, height: file.rows, channels: 3 });
    t.ok(new Set(frames[0]?.image.pixels).size > 10, `${file.name}: a picture`);
  }
});
