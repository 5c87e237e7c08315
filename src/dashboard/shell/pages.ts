import type { ComponentType } from 'preact';
import type { Scope } from '../api/types.ts';
import { AdministrationPage } from '../pages/administration.tsx';
import { ApiReferencePage } from '../pages/api-reference.tsx';
import { AssociationsPage } from '../pages/associations.tsx';
import { AuditPage } from '../pages/audit.tsx';
import { ConfigurationPage } from '../pages/configuration.tsx';
import { InstancesPage } from '../pages/instances.tsx';
import { LivePage } from '../pages/live.tsx';
import { ProfilesPage } from '../pages/profiles.tsx';
import { ReviewPage } from '../pages/review.tsx';
import { SetUpPage } from '../pages/set-up.tsx';
import { StudiesPage } from '../pages/studies.tsx';
import type { Route } from './router.ts';

export interface PageEntry {
  /** First part of the address: `#/name`. */
  readonly name: string;
  /** As the navigation says. */
  readonly title: string;
  readonly component: ComponentType<{ readonly route: Route }>;
  /** Right it wants; the gateway checks it, the navigation says so. */
  readonly right: Scope;
  /** Reached by links of other pages alone. */
  readonly hidden?: boolean;
}

/** Every page, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { name: 'live', title: 'Live', component: LivePage, right: 'read' },
  { name: 'studies', title: 'Studies', component: StudiesPage, right: 'read' },
  { name: 'instances', title: 'Instances', component: InstancesPage, right: 'read' },
  { name: 'review', title: 'Review', component: ReviewPage, right: 'read' },
  { name: 'associations', title: 'Associations', component: AssociationsPage, right: 'read' },
  { name: 'profiles', title: 'Profiles', component: ProfilesPage, right: 'read' },
  { name: 'set-up', title: 'Set-up', component: SetUpPage, right: 'read' },
  {
    name: 'configuration',
    title: 'Configuration',
    component: ConfigurationPage,
    right: 'admin',
    hidden: true,
  },
  { name: 'audit', title: 'Audit', component: AuditPage, right: 'read' },
  { name: 'administration', title: 'Administration', component: AdministrationPage, right: 'admin' },
  { name: 'api', title: 'API', component: ApiReferencePage, right: 'read' },
];
