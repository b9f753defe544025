import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Reaction } from '../../../events/reaction.ts';
import { slotRulesChanged } from '../models/availability.ts';
import { listActiveDoctors } from '../repositories/availability.repository.ts';

type Happened = { readonly type: string; readonly payload: object; readonly requestId: string };

/** The settings of a clinic that decide which times its patients are offered. */
const SLOT_SETTINGS = ['slotIntervalMinutes', 'slotAnchor', 'minNoticeMinutes', 'horizonDays'];

/** Tells that the calendars of a clinic offer other times once its rules have changed. */
export const createSettingsReaction = ({ outbox }: { outbox: Outbox }): Reaction<Happened> => ({
  concerns: ({ type, payload }) =>
    type === 'tenant.settings_changed' && SLOT_SETTINGS.some((setting) => setting in payload),

  handle: async (tx: Tx, { requestId }: Happened): Promise<void> => {
    const doctorIds = await listActiveDoctors(tx);
    await outbox.publish(tx, { requestId }, ...doctorIds.map(slotRulesChanged));
  },
});
