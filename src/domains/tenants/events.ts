import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { PublicTenant } from './models/tenant.ts';
import { UpdateSettings, UpdateTenant } from './validators/tenant.ts';

const { name, subdomain, timezone, locale } = PublicTenant.shape;

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
  'tenant.deleted': {
    version: 1,
    summary: 'A clinic was deleted for good; an event of the installation, not of the clinic',
    data: z.object({ id: Id }),
  },
} as const satisfies EventCatalogue;
