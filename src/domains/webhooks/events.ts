import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { DisabledReason } from './models/webhook.ts';

export const webhookEvents = {
  'webhook.disabled': {
    version: 1,
    summary: 'A webhook was switched off, since nothing arrived for days or its target is gone',
    data: z.object({ webhookId: Id, url: z.string(), reason: DisabledReason }),
  },
} as const satisfies EventCatalogue;
