import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { slotRulesChanged } from '../models/availability.ts';
import { listActiveDoctors } from '../repositories/availability.repository.ts';

type Happened = { readonly type: string; readonly payload: object; readonly requestId: string };

/** The settings of a clinic that decide which times its patients are offered. */
const SLOT_SETTINGS = ['slotIntervalMinutes', 'slotAnchor', 'minNoticeMinutes', 'horizonDays'];

/** Tells that the calendars of a clinic offer other times once its rules have changed. To be called with every event. */
export const createSettingsReaction =
  ({ outbox }: { outbox: Outbox }) =>
  async (tx: Tx, { type, payload, requestId }: Happened): Promise<void> => {
    if (type !== 'tenant.settings_changed') return;
    if (!SLOT_SETTINGS.some((setting) => setting in payload)) return;
    const doctorIds = await listActiveDoctors(tx);
    await outbox.publish(tx, { requestId }, ...doctorIds.map(slotRulesChanged));
  };
