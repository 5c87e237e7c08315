import type { IdentifierPair } from '../core/identifier-pair.ts';

/** Columns of an export: the two everybody wants, or all there is. */
export const crosswalkColumns = {
  short: ['id_old', 'id_new'],
  full: ['kind', 'key_id', 'issuer', 'id_old', 'id_new'],
} as const;
export type CrosswalkColumns = keyof typeof crosswalkColumns;

/** One line of CSV by RFC 4180, CR LF included. Values stay as they are: spreadsheets take some of them for formulas. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
}

export function csvOfPair(pair: IdentifierPair, columns: CrosswalkColumns): string {
  const { kind, keyId, issuer, idOld, idNew } = pair;
  return csvLine(columns === 'short' ? [idOld, idNew] : [kind, keyId, issuer, idOld, idNew]);
}
