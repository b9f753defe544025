import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { MaintenanceNotice } from './models/maintenance-notice.ts';
import { PublicTenant } from './models/tenant.ts';
import { UpdateSettings, UpdateTenant } from './validators/tenant.ts';

const { name, subdomain, timezone, locale } = PublicTenant.shape;
const { message, startsAt, endsAt } = MaintenanceNotice.shape;
const OfMaintenance = z.object({ noticeId: Id, message, startsAt, endsAt });
const OfTenant = z.object({ id: Id });

export const tenantEvents = {
  'tenant.created': {
    version: 1,
    summary: 'The clinic was opened',
    data: z.object({ id: Id, name, subdomain, timezone, locale }),
  },
  'tenant.updated': {
    version: 1,
    summary: 'The profile of the clinic changed: the fields that were given',
    data: z.object(UpdateTenant.shape),
  },
  'tenant.settings_changed': {
    version: 1,
    summary: 'Rules of the clinic changed: those that were given',
    data: z.object(UpdateSettings.shape),
  },
  'tenant.suspended': { version: 1, summary: 'An operator has suspended the clinic', data: OfTenant },
  'tenant.activated': { version: 1, summary: 'An operator has brought the clinic back', data: OfTenant },
  'tenant.plan_changed': { version: 1, summary: 'The clinic has another plan', data: OfTenant },
  'tenant.deletion_scheduled': {
    version: 1,
    summary: 'The clinic is suspended, and will be deleted unless it is activated before',
    data: OfTenant,
  },
  'maintenance.announced': {
    version: 1,
    summary: 'The operators of the installation have planned maintenance',
    data: OfMaintenance,
  },
  'maintenance.withdrawn': {
    version: 1,
    summary: 'Nothing comes of maintenance that was planned',
    data: OfMaintenance,
  },
  'tenant.deleted': {
    version: 1,
    summary: 'A clinic was deleted for good; an event of the installation, not of the clinic',
    data: z.object({ id: Id }),
  },
} as const satisfies EventCatalogue;
