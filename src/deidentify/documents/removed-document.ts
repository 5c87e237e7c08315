/** Kinds of encapsulated documents by what a reader expects: PS3.3 A.45, A.85, A.104. */
export type DocumentKind = 'pdf' | 'cda' | 'stl' | 'obj' | 'mtl';

/** Said by every stand-in that can say something; ASCII, so that it fits every encoding. */
const notice = 'This document was removed by de-identification.';

/** MIME types as PS3.3 defines them for each kind. */
export const mimeTypes: Readonly<Record<DocumentKind, string>> = {
  pdf: 'application/pdf',
  cda: 'text/XML',
  stl: 'model/stl',
  obj: 'model/obj',
  mtl: 'model/mtl',
};

/**
 * The smallest document of a kind that its readers open, the same for everyone but for the identifier of a CDA document
 * (`documentUid`). Not padded: its length is that of the document.
 */
export function removedDocument(kind: DocumentKind, documentUid: string): Uint8Array {
  switch (kind) {
    case 'pdf':
      return pdf();
    case 'cda':
      return Buffer.from(cda(documentUid), 'ascii');
    case 'stl':
      return stl();
    case 'obj':
      return Buffer.from(obj(), 'ascii');
    case 'mtl':
      return Buffer.from(`# ${notice}\nnewmtl removed\nKd 0.5 0.5 0.5\n`, 'ascii');
    default:
      return unreachable(kind);
  }
}

/** One page of A4 with the notice in a standard font (ISO 32000-1: no font file is needed for Helvetica). */
function pdf(): Uint8Array {
  const content = `BT /F1 14 Tf 72 770 Td (${notice}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets: number[] = [];
  objects.forEach((object, index) => {
    offsets.push(text.length);
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
  });
  const start = text.length;
  // Entries of the cross-reference table are 20 bytes each (ISO 32000-1 7.5.4).
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'ascii');
}

/** A clinical document (HL7 CDA release 2) in which everything that may be withheld is: nullFlavor MSK. */
function cda(documentUid: string): string {
  const masked = 'nullFlavor="MSK"';
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <id root="${documentUid}"/>
  <code ${masked}/>
  <title>${notice}</title>
  <effectiveTime ${masked}/>
  <confidentialityCode ${masked}/>
  <recordTarget>
    <patientRole>
      <id ${masked}/>
    </patientRole>
  </recordTarget>
  <author>
    <time ${masked}/>
    <assignedAuthor>
      <id ${masked}/>
    </assignedAuthor>
  </author>
  <custodian>
    <assignedCustodian>
      <representedCustodianOrganization>
        <id ${masked}/>
      </representedCustodianOrganization>
    </assignedCustodian>
  </custodian>
  <component>
    <structuredBody>
      <component>
        <section>
          <text>${notice}</text>
        </section>
      </component>
    </structuredBody>
  </component>
</ClinicalDocument>
`;
}

type Point = readonly [number, number, number];

/** A tetrahedron with legs of length 1; faces counter-clockwise seen from outside. */
const corners: readonly Point[] = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const faces: readonly { readonly corners: Point; readonly normal: Point }[] = [
  { corners: [0, 2, 1], normal: [0, 0, -1] },
  { corners: [0, 1, 3], normal: [0, -1, 0] },
  { corners: [0, 3, 2], normal: [-1, 0, 0] },
  { corners: [1, 2, 3], normal: [Math.sqrt(1 / 3), Math.sqrt(1 / 3), Math.sqrt(1 / 3)] },
];

/** Binary STL: 80 bytes that are no beginning of an ASCII one, the number of triangles, 50 bytes each. */
function stl(): Uint8Array {
  const bytes = Buffer.alloc(84 + 50 * faces.length);
  bytes.write(notice, 'ascii');
  bytes.writeUInt32LE(faces.length, 80);
  faces.forEach((face, index) => {
    const points = [face.normal, ...face.corners.map((corner) => corners[corner] ?? [0, 0, 0])];
    points.flat().forEach((value, place) => {
      bytes.writeFloatLE(value, 84 + 50 * index + 4 * place);
    });
  });
  return bytes;
}

function obj(): string {
  const vertices = corners.map((point) => `v ${point.join(' ')}`);
  const polygons = faces.map((face) => `f ${face.corners.map((corner) => corner + 1).join(' ')}`);
  return `${[`# ${notice}`, 'o removed', ...vertices, ...polygons].join('\n')}\n`;
}

function unreachable(kind: never): never {
  throw new TypeError(`no such document: ${String(kind)}`);
}
