import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { encodeBase64 } from '../../files/base64.ts';
import type { TemporaryFile } from '../../files/temporary-files.ts';
import type { Answer } from '../operation.ts';

/** A file of up to so many bytes goes into the answer as a whole, and is held against the contract with it. */
const maxInMemory = 1024 * 1024;

/** The properties of an answer around a file. */
export interface AroundFile {
  readonly before?: Readonly<Record<string, string>>;
  /** Of the property with the file in Base64. */
  readonly name: string;
  readonly after?: Readonly<Record<string, string>>;
}

/**
 * An answer that is a JSON object with a file in Base64 among its properties. A large file is read as it is sent. The file is
 * removed in any case; what is open of it stays readable until the answer is sent.
 */
export async function fileAnswer(file: TemporaryFile, around: AroundFile): Promise<Answer> {
  const { before = {}, name, after = {} } = around;
  const handle = await open(file.path, 'r');
  let isStreamed = false;
  try {
    await file.remove();
    const { size } = await handle.stat();
    if (size <= maxInMemory) {
      let text = '';
      for await (const piece of encodeBase64(handle)) text += piece;
      return { status: 200, body: { ...before, [name]: text, ...after } };
    }
    const body = Readable.from(pieces(handle, around), { objectMode: false });
    // Also where nobody reads it.
    body.once('close', () => void handle.close().catch(() => undefined));
    isStreamed = true;
    return { status: 200, contentType: 'application/json', body };
  } finally {
    if (!isStreamed) await handle.close();
  }
}

async function* pieces(
  handle: FileHandle,
  { before = {}, name, after = {} }: AroundFile,
): AsyncGenerator<string> {
  yield `{${membersOf(before)
    .map((member) => `${member},`)
    .join('')}${JSON.stringify(name)}:"`;
  // Base64 has no character that JSON would escape.
  yield* encodeBase64(handle);
  yield `"${membersOf(after)
    .map((member) => `,${member}`)
    .join('')}}`;
}

function membersOf(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
}
