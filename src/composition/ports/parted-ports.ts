import { z } from 'zod';
import { TimelineEntry } from '../../domains/patients/index.ts';
import { definePort, order, question } from '../../shared/ports/port.ts';
import { Id } from '../../shared/types/id.ts';
import { Actor, Ctx, Nothing } from './wire.ts';

/** Removes every row of a tenant that is deleted for good. */
const forgetTenant = order(z.object({ tenantId: Id }), Nothing, {
  repeatable: true,
  timeoutMs: 4 * 60_000,
});
const OfPatient = z.object({ tenantId: Id, patientId: Id });
const NoteOfExport = z.object({ tenantId: Id, noteId: Id, withContent: z.boolean() });

/** What the core asks of medical notes. */
export const notesPort = definePort(
  'medical-notes',
  {
    timeline: question(
      z.object({
        ctx: Ctx,
        patientId: Id,
        before: z.tuple([z.int(), Id]).nullable(),
        limit: z.int(),
      }),
      z.array(TimelineEntry),
    ),
    count: question(OfPatient, z.int()),
    ids: question(OfPatient, z.array(Id)),
    forget: order(z.object({ ctx: Actor, patientId: Id }), z.int(), { repeatable: true }),
    exportPlan: question(
      z.object({ ctx: Ctx, patientId: Id }),
      z.object({
        noteIds: z.array(Id),
        withContent: z.boolean(),
        audited: z.record(z.string(), z.unknown()).nullable(),
        leftOut: z.array(z.object({ what: z.string(), why: z.string() })),
      }),
    ),
    filesOfNote: question(NoteOfExport, z.array(z.string())),
    forgetTenant,
  },
  { fileOfNote: NoteOfExport.extend({ path: z.string() }) },
);
export type NotesPort = typeof notesPort;

const OfUser = z.object({ tenantId: Id, userId: Id });

/** What the core asks of notifications. What a person was told is handed over as it is exported. */
export const notificationsPort = definePort(
  'notifications',
  {
    preferences: question(OfUser, z.unknown()),
    notifications: question(OfUser.extend({ after: Id.nullable() }), z.array(z.looseObject({ id: Id }))),
    forgetTenant,
  },
  {},
);
export type NotificationsPort = typeof notificationsPort;

export const analyticsPort = definePort('analytics', { forgetTenant }, {});
export type AnalyticsPort = typeof analyticsPort;
