import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import {
  changed,
  noPreferences,
  shown,
  type ShownPreferences,
  type UpdatePreferences,
} from '../models/preferences.ts';
import {
  ensurePreferences,
  findPreferences,
  findPreferencesToChange,
  updatePreferences,
} from '../repositories/preference.repository.ts';

export type PreferenceDeps = { database: Database; audit: AuditTrail; clock: Clock };
export type PreferenceService = ReturnType<typeof createPreferenceService>;

const UNSET = { settings: noPreferences, version: 1 };

/** What a person wants to be told, how, and when not. */
export const createPreferenceService = ({ database, audit, clock }: PreferenceDeps) => ({
  get: async (ctx: Ctx): Promise<ShownPreferences> => {
    const stored = await findPreferences(database.read(ctx.tenantId), ctx.userId);
    const { settings, version } = stored ?? UNSET;
    return shown(settings, version);
  },

  update: (ctx: Ctx, changes: UpdatePreferences, ifMatch: number | undefined): Promise<ShownPreferences> =>
    database.transaction(ctx, async (tx) => {
      const now = clock.now();
      await ensurePreferences(tx, ctx.userId, noPreferences, now);
      const stored = (await findPreferencesToChange(tx, ctx.userId)) ?? UNSET;
      demandVersion(stored, ifMatch);
      const next = { settings: changed(stored.settings, changes), version: stored.version + 1 };
      await updatePreferences(tx, ctx.userId, next, now);
      await audit.record(tx, ctx, {
        action: 'notification_preferences.changed',
        resourceType: 'user',
        resourceId: ctx.userId,
        changes,
      });
      return shown(next.settings, next.version);
    }),
});
