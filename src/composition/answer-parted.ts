import { eraseTenant } from '../database/erase-tenant.ts';
import { type createMedicalNotes, medicalNoteProblems } from '../domains/medical-notes/index.ts';
import type { Infrastructure } from '../infrastructure.ts';
import type { AnsweredPort } from '../shared/ports/port.ts';
import { AppError } from '../shared/utils/errors.ts';
import type { Messages, Notes } from './parted.ts';
import {
  type AnalyticsPort,
  analyticsPort,
  type NotesPort,
  notesPort,
  type NotificationsPort,
  notificationsPort,
} from './ports/parted-ports.ts';

type Deps = Pick<Infrastructure, 'config' | 'database'>;

const forgetIn =
  ({ config }: Pick<Infrastructure, 'config'>) =>
  async ({ tenantId }: { tenantId: string }) => {
    await eraseTenant(config.database, tenantId);
    return null;
  };

/** Medical notes as the core asks them. */
export const answerNotes = (
  deps: Deps,
  notes: Notes,
  { exporting, folderRemovals }: Pick<ReturnType<typeof createMedicalNotes>, 'exporting' | 'folderRemovals'>,
): AnsweredPort<NotesPort> => {
  const { read, transaction } = deps.database;
  return {
    port: notesPort,
    answers: {
      count: ({ tenantId, patientId }) => notes.count(read(tenantId), patientId),
      ids: ({ tenantId, patientId }) => notes.ids(read(tenantId), patientId),
      forget: ({ ctx, patientId }) =>
        transaction({ tenantId: ctx.tenantId }, (tx) => notes.forget(tx, ctx, patientId)),
      timeline: ({ ctx, patientId, before, limit }) =>
        notes.timelineOf(read(ctx.tenantId), ctx, patientId, { before: before ?? undefined, limit }),
      exportPlan: async ({ ctx, patientId }) => {
        const { noteIds, withContent, audited, leftOut } = await exporting.plan(
          read(ctx.tenantId),
          ctx,
          patientId,
        );
        return {
          noteIds: [...noteIds],
          withContent,
          audited: audited ?? null,
          leftOut: [...(leftOut ?? [])],
        };
      },
      filesOfNote: async ({ tenantId, noteId, withContent }) => {
        const paths: string[] = [];
        for await (const { path } of exporting.files(tenantId, [noteId], withContent)) paths.push(path);
        return paths;
      },
      forgetTenant: async ({ tenantId }) => {
        await folderRemovals.plan(tenantId);
        return forgetIn(deps)({ tenantId });
      },
    },
    streams: {
      fileOfNote: async ({ tenantId, noteId, withContent, path }) => {
        for await (const file of exporting.files(tenantId, [noteId], withContent)) {
          if (file.path === path) return file.content;
        }
        throw new AppError(medicalNoteProblems.attachment_not_found);
      },
    },
  };
};

/** Notifications as the core asks them. */
export const answerNotifications = (deps: Deps, messages: Messages): AnsweredPort<NotificationsPort> => ({
  port: notificationsPort,
  streams: {},
  answers: {
    preferences: ({ tenantId, userId }) => messages.preferencesOf(deps.database.read(tenantId), userId),
    notifications: async ({ tenantId, userId, after }) => [
      ...(await messages.notificationsOf(tenantId, userId, after ?? undefined)),
    ],
    forgetTenant: forgetIn(deps),
  },
});

export const answerAnalytics = (deps: Deps): AnsweredPort<AnalyticsPort> => ({
  port: analyticsPort,
  streams: {},
  answers: { forgetTenant: forgetIn(deps) },
});
