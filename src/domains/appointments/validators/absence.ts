import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { AbsenceAction } from '../models/absence.ts';

const Decision = z
  .strictObject({
    appointmentId: Id,
    action: AbsenceAction,
    proposal: z
      .strictObject({ doctorId: Id, startsAt: Instant })
      .optional()
      .meta({ description: 'The time to move it to, or to offer; default: the best that can be had' }),
  })
  .refine(({ action, proposal }) => action !== 'cancel' || proposal === undefined, {
    path: ['proposal'],
    error: 'must be left out: a visit that is cancelled gets no other time',
  })
  .meta({ id: 'AbsenceDecision' });
export type AbsenceDecision = z.output<typeof Decision>;

export const ApplyAbsence = z
  .strictObject({
    action: AbsenceAction.optional().meta({ description: 'For every visit that no decision names' }),
    decisions: z.array(Decision).max(1_000).optional(),
  })
  .refine(({ action, decisions = [] }) => action !== undefined || decisions.length > 0, {
    path: ['action'],
    error: 'must be given, or decisions',
  })
  .refine(
    ({ decisions = [] }) =>
      new Set(decisions.map(({ appointmentId }) => appointmentId)).size === decisions.length,
    { path: ['decisions'], error: 'must not name an appointment twice' },
  );
export type ApplyAbsence = z.output<typeof ApplyAbsence>;
