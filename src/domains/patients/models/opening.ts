import { z } from 'zod';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const OPEN_MINUTES = 60;

/** A record that somebody opened in an emergency, for a limited time. */
export const Opening = z
  .object({
    id: Id,
    patientId: Id,
    openedBy: Id,
    reason: text(500),
    openedAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'PatientOpening' });
export type Opening = z.output<typeof Opening>;

export const closesAt = (openedAt: Date): Date => new Date(openedAt.getTime() + OPEN_MINUTES * MINUTE_MS);

/** Without the reason, which may tell of the patient's health. */
export const recordOpened = ({ id, patientId, openedBy, expiresAt }: Opening) => ({
  type: 'patient.record_opened_by_break_glass',
  payload: { openingId: id, patientId, userId: openedBy, expiresAt: expiresAt.toISOString() },
});
