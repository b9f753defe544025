import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { PageQuery } from '../../../shared/types/page.ts';

const word = (length: number) =>
  z
    .string()
    .min(1)
    .max(length)
    .regex(/^[a-z0-9_.-]+$/, 'must be of lower-case letters, digits, dots, dashes and underscores');

export const ListAuditLogs = PageQuery.extend({
  actorId: Id.optional().meta({ description: 'What this user did' }),
  action: word(60).optional().meta({ example: 'user.logged_in' }),
  resourceType: word(40).optional().meta({ example: 'patient' }),
  resourceId: Id.optional(),
  from: Instant.optional().meta({ description: 'At that time or later' }),
  to: Instant.optional().meta({ description: 'Before that time' }),
}).refine(({ from, to }) => !from || !to || from < to, { path: ['to'], error: 'must be after from' });
export type ListAuditLogs = z.output<typeof ListAuditLogs>;
