import { sqlite001Instances } from './sqlite-001-instances.ts';
import { sqlite002Boxes } from './sqlite-002-boxes.ts';
import { sqlite003Audit } from './sqlite-003-audit.ts';
import { sqlite004Catalogue } from './sqlite-004-catalogue.ts';

/** All steps of the embedded ledger's schema in order; `PRAGMA user_version` counts those applied. Never edit a released one. */
export const sqliteMigrations: readonly string[] = [
  sqlite001Instances,
  sqlite002Boxes,
  sqlite003Audit,
  sqlite004Catalogue,
];
