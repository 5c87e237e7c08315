/** A part of a multipart/related body, as bytes alone or with headers of its own. */
export type StorePart = Uint8Array | { readonly headers: string; readonly bytes: Uint8Array };

/** A Store request's body (PS3.18 10.5.1), made by hand. */
export function storeBody(boundary: string, parts: readonly StorePart[]): Buffer<ArrayBuffer> {
  return Buffer.concat([
    ...parts.flatMap((part) => {
      const { headers, bytes } =
        part instanceof Uint8Array ? { headers: 'Content-Type: application/dicom\r\n', bytes: part } : part;
      return [Buffer.from(`\r\n--${boundary}\r\n${headers}\r\n`), bytes];
    }),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

export function storeType(boundary: string): string {
  return `multipart/related; type="application/dicom"; boundary="${boundary}"`;
}

type Items = readonly Readonly<Record<string, { readonly Value?: readonly unknown[] }>>[];

/** SOP Instance UIDs stored, failure reasons by SOP Instance UID, and reasons without one. */
export interface StoreAnswer {
  readonly stored: readonly string[];
  readonly failed: Readonly<Record<string, number>>;
  readonly others: readonly number[];
}

/** Reads a Store Instances Response Module of the DICOM JSON Model. */
export function readStoreAnswer(body: unknown): StoreAnswer {
  const module = body as Readonly<Record<string, { readonly Value?: Items } | undefined>>;
  const items = (tag: string): Items => module[tag]?.Value ?? [];
  const reasonOf = (item: Items[number]) => Number(item['00081197']?.Value?.[0]);
  return {
    stored: items('00081199').map((item) => String(item['00081155']?.Value?.[0])),
    failed: Object.fromEntries(
      items('00081198').map((item) => [String(item['00081155']?.Value?.[0]), reasonOf(item)]),
    ),
    others: items('0008119A').map(reasonOf),
  };
}
