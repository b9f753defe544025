import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { User } from './models/user.ts';

const { role, active } = User.shape;

const Opened = z.object({ userId: Id, role });

export const authEvents = {
  'user.registered': { version: 1, summary: 'A patient opened an account', data: Opened },
  'user.created': { version: 1, summary: 'An administrator opened an account for somebody', data: Opened },
  'user.updated': {
    version: 1,
    summary: 'The role of a user changed, or whether they may log in',
    data: z.object({ userId: Id, role, active }),
  },
  'user.deleted': { version: 1, summary: 'The account of a user was removed', data: Opened },
  'auth.link_created': {
    version: 1,
    summary:
      'A letter with a link that works once is on its way: to verify an address, reset a password, or join',
    data: z.object({ purpose: z.string() }),
  },
  'role.changed': {
    version: 1,
    summary: 'A role of the clinic’s own changed, or was removed',
    data: z.object({ roleId: Id }),
  },
  'session.revoked': {
    version: 1,
    summary: 'Sessions of a user ended',
    data: z.object({ userId: Id, sessionIds: z.array(Id) }),
  },
} as const satisfies EventCatalogue;
