import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakeDecoder {
  /** Statements for the run that counts; `frames(n)` prints n frames of 16 by 8, `size` the line before them. */
  readonly count?: string;
  /** Statements for the run that gives images; `images(n)` prints n of them. */
  readonly images?: string;
  /** What it answers to the question for its version. */
  readonly version?: string;
  readonly decoders?: readonly string[];
  readonly onVersion?: string;
}

let made = 0;

/** Writes a program that answers as ffmpeg does and then misbehaves. It writes its process id into `pid` beside it. */
export function fakeDecoder(folder: string, fake: FakeDecoder = {}): string {
  made += 1;
  const path = join(folder, `fake-${made}.cjs`);
  const decoders = (fake.decoders ?? ['mpeg2video', 'h264', 'hevc']).map(
    (name) => ` V....D ${name}  something`,
  );
  const program = `#!${process.execPath}
const { appendFileSync, writeFileSync, writeSync } = require('node:fs');
const args = process.argv.slice(2);
const print = (text) => { for (let bytes = Buffer.from(text); bytes.length > 0; ) {
  try { bytes = bytes.subarray(writeSync(1, bytes)); } catch (error) {
    if (error.code === 'EAGAIN') continue;
    process.exit(32);
  }
} };
const hang = () => setInterval(() => {}, 1000);
const folder = ${JSON.stringify(folder)};
if (args.includes('-version')) { ${fake.onVersion ?? `print(${JSON.stringify(`${fake.version ?? 'ffmpeg version 7.1'} and more\n`)})`}; }
else if (args.includes('-decoders')) print(${JSON.stringify(` header\n${decoders.join('\n')}\n`)});
else {
  writeFileSync(folder + '/pid', String(process.pid));
  writeFileSync(folder + '/environment', Object.keys(process.env).join());
  appendFileSync(folder + '/arguments', args.join(' ') + '\\n');
  const size = () => print('#software: fake\\n#dimensions 0: 16x8\\n');
  const frames = (count) => { for (let i = 0; i < count; i++) print('0, ' + i + ', ' + i + ', 1, 192, 0x1\\n'); };
  const image = (value) => print(Buffer.concat([Buffer.from('P6\\n16 8\\n255\\n'), Buffer.alloc(384, value)]));
  const images = (count) => { for (let i = 0; i < count; i++) image(i); };
  if (args.includes('framecrc')) { ${fake.count ?? 'size(); frames(3)'}; }
  else { ${fake.images ?? 'images(3)'}; }
}
`;
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  return path;
}
