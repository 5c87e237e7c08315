import fc from 'fast-check';
import t from 'tap';
import { type MultipartLimits, MultipartReader, multipartDefaults } from '../../src/ingest/multipart.ts';

interface Read {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Gives bytes in pieces of this size, and tells how far it was read. */
function sourceOf(
  bytes: Uint8Array,
  piece: number,
): { next: () => Promise<Uint8Array | undefined>; given: number } {
  const source = {
    given: 0,
    async next(): Promise<Uint8Array | undefined> {
      if (source.given >= bytes.length) return undefined;
      const part = bytes.subarray(source.given, source.given + piece);
      source.given += part.length;
      return part;
    },
  };
  return source;
}

async function readAll(
  body: Uint8Array | string,
  boundary: string,
  { piece = 64 * 1024, limits = multipartDefaults }: { piece?: number; limits?: MultipartLimits } = {},
): Promise<Read[]> {
  const reader = new MultipartReader(sourceOf(Buffer.from(body), piece).next, boundary, limits);
  const parts: Read[] = [];
  for (let part = await reader.next(); part !== undefined; part = await reader.next()) {
    const pieces: Uint8Array[] = [];
    for (let bytes = await part.read(); bytes !== undefined; bytes = await part.read()) pieces.push(bytes);
    parts.push({ headers: Object.fromEntries(part.headers), body: Buffer.concat(pieces) });
  }
  return parts;
}

const texts = (parts: readonly Read[]): string[] => parts.map(({ body }) => body.toString('latin1'));

t.test('parts are the bytes between boundaries, whatever the pieces they come in', async (t) => {
  const body = [
    'preamble\r\n--x y\r\nContent-Type: application/dicom\r\nX-Long: a\r\n  b\r\n\r\nfirst\r\n',
    '\r\n--x y  \t\r\n\r\n\r\n--x y\r\ncontent-type: text/plain\r\n\r\n--x\r\n-- y\r\n--',
    '\r\n--x y\r\nA: b\r\n\r\n--x y--\r\nepilogue\r\n--x y\r\n\r\nno part\r\n',
  ].join('');
  for (let piece = 1; piece <= body.length; piece++) {
    const parts = await readAll(body, 'x y', { piece });
    t.strictSame(texts(parts), ['first\r\n', '', '--x\r\n-- y\r\n--', ''], `pieces of ${piece}`);
    t.strictSame(
      parts.map(({ headers }) => headers),
      [
        { 'content-type': 'application/dicom', 'x-long': 'a b' },
        {},
        { 'content-type': 'text/plain' },
        { a: 'b' },
      ],
      'with their headers',
    );
  }
});

t.test('any bytes that hold no boundary come back as they were', async (t) => {
  const bodies = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      // What looks like the beginning of a boundary.
      fc
        .array(fc.constantFrom('\r', '\n', '\r\n', '-', '--', '--b', '\r\n-', '\r\n--', 'b', 'x'))
        .map((words) => Uint8Array.from(Buffer.from(words.join(''), 'latin1'))),
    ),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(bodies, fc.integer({ min: 1, max: 40 }), async (wanted, piece) => {
      const boundary = 'b';
      fc.pre(wanted.every((body) => !`\r\n${Buffer.from(body).toString('latin1')}\r\n`.includes('\r\n--b')));
      const body = Buffer.concat([
        ...wanted.flatMap((bytes) => [Buffer.from('--b\r\nA: b\r\n\r\n'), bytes, Buffer.from('\r\n')]),
        Buffer.from('--b--'),
      ]);
      const parts = await readAll(body, boundary, { piece });
      return (
        parts.length === wanted.length &&
        parts.every((part, index) => part.body.equals(wanted[index] ?? part.body.subarray(1)))
      );
    }),
    { numRuns: 300 },
  );
  t.pass('for 300 bodies');
});

t.test('what breaks RFC 2046 is refused in words', async (t) => {
  const wrong: readonly (readonly [what: string, body: string, detail: string])[] = [
    ['nothing', '', 'it ends without its last boundary'],
    ['another boundary', '--other\r\n\r\nbytes\r\n--other--\r\n', 'it ends without its last boundary'],
    ['no last boundary', '--b\r\n\r\nbytes', 'it ends without its last boundary'],
    ['cut in the last boundary', '--b\r\n\r\nbytes\r\n--b-', 'it ends in a boundary'],
    ['cut behind a boundary', '--b', 'it ends in a boundary'],
    ['cut in a boundary line', '--b ', 'it ends in a boundary'],
    ['cut in headers', '--b\r\nA: b\r\n', 'it ends in the headers of a part'],
    ['lines that end with LF', '--b\nA: b\n\nbytes\n--b--\n', 'a boundary that no CRLF follows'],
    ['a boundary that goes on', '--bcd\r\n\r\nbytes\r\n--bcd--\r\n', 'a boundary that no CRLF follows'],
    ['endless padding', `--b${' '.repeat(500)}\r\n\r\n\r\n--b--`, 'a boundary that no CRLF follows'],
    ['no header', '--b\r\nhello\r\n\r\nbytes\r\n--b--', 'a line among the headers of a part is no header'],
    ['a header twice', '--b\r\nA: b\r\na: c\r\n\r\nbytes\r\n--b--', 'a header of a part comes twice'],
    [
      'long headers',
      `--b\r\nA: ${'b'.repeat(20_000)}\r\n\r\nbytes\r\n--b--`,
      'the headers of a part are too long, or lack an empty line',
    ],
    ['a long preamble', `${'x'.repeat(70_000)}\r\n--b\r\n\r\nbytes\r\n--b--`, 'no boundary at its beginning'],
  ];
  for (const [what, body, detail] of wrong)
    for (const piece of [1, 64 * 1024])
      await t.rejects(
        readAll(body, 'b', { piece }),
        { code: 'MULTIPART_INVALID', detail },
        `${what}, by ${piece}`,
      );
  await t.rejects(
    readAll(`${'--b\r\n\r\nbytes\r\n'.repeat(4)}--b--`, 'b', {
      limits: { ...multipartDefaults, maxParts: 3 },
    }),
    { code: 'MULTIPART_INVALID', detail: 'more than 3 parts' },
  );
  t.equal(
    (
      await readAll(`${'--b\r\n\r\nbytes\r\n'.repeat(3)}--b--`, 'b', {
        limits: { ...multipartDefaults, maxParts: 3 },
      })
    ).length,
    3,
  );
});

t.test('a part that is not wanted is passed over, and one passed over gives nothing more', async (t) => {
  const reader = new MultipartReader(
    sourceOf(Buffer.from('--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--'), 3).next,
    'b',
  );
  const first = await reader.next();
  const second = await reader.next();
  t.equal(await first?.read(), undefined);
  t.equal(Buffer.from((await second?.read()) ?? []).toString(), 't');
  t.equal(await reader.next(), undefined);
  t.equal(await reader.next(), undefined);
  t.equal(await second?.read(), undefined);
});

t.test('no more is asked of the source than is read', async (t) => {
  const piece = 1000;
  const body = Buffer.concat([Buffer.from('--b\r\n\r\n'), Buffer.alloc(100_000), Buffer.from('\r\n--b--')]);
  const source = sourceOf(body, piece);
  const reader = new MultipartReader(source.next, 'b');
  const part = await reader.next();
  await part?.read();
  t.ok(source.given <= 2 * piece, `${source.given} bytes`);
});
