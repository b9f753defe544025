import { z } from 'zod';
import { roles } from '../../../shared/config/permissions.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** One thing that somebody did in the clinic, or read of a patient's health. */
export const AuditLog = z
  .object({
    id: Id,
    occurredAt: Instant,
    actorId: Id.nullable().meta({
      description: 'Null: nobody who was logged in, or things that happen by themselves',
    }),
    actorName: z.string().nullable(),
    actorRole: z.enum(roles).nullable(),
    onBehalfOf: Id.nullable().meta({ description: 'The patient for whom a guardian acted' }),
    apiKeyId: Id.nullable().meta({
      description: 'The key by which a program acted in the name of the actor',
    }),
    action: z.string().meta({ example: 'patient.viewed' }),
    resourceType: z.string().meta({ example: 'patient' }),
    resourceId: Id.nullable(),
    changes: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'Names of the changed fields; values where they say nothing about health' }),
    address: z.string().meta({ example: '192.0.2.7' }),
    userAgent: z.string(),
    requestId: z.string(),
    batch: z.int().nullable().meta({ description: 'The batch in which it was sealed; null: not yet' }),
  })
  .meta({ id: 'AuditLog' });
export type AuditLog = z.output<typeof AuditLog>;
