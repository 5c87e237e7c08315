import type { IdentifierPair } from '../../src/core/identifier-pair.ts';

export const key = Buffer.alloc(32, 'c');

export const pair = (index: number, fields: Partial<IdentifierPair> = {}): IdentifierPair => ({
  kind: 'uid',
  keyId: '0a1b2c3d',
  issuer: '',
  idOld: `1.2.840.99999.${index}.77001`,
  idNew: `2.25.88002${index}`,
  ...fields,
});

export const patient: IdentifierPair = {
  kind: 'patient-id',
  keyId: '0a1b2c3d',
  issuer: 'GENERAL HOSPITAL',
  idOld: 'MRN-Ü-778899',
  idNew: 'SP-ABCDEFGHIJKLMNOP',
};

export const day = 86_400_000;
