import type { components } from '../../core/generated/gateway.ts';

/** Shapes of the contract, by name. */
export type Schemas = components['schemas'];
export type Scope = Schemas['Scope'];
export type Actor = Schemas['Session']['actor'];
export type LiveStatus = Schemas['LiveStatus'];
export type Association = Schemas['Association'];
export type Echo = Schemas['Echo'];
export type Connection = Schemas['Connection'];
