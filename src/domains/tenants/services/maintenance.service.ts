import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId, PLATFORM } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { maintenanceEvent, type MaintenanceNotice } from '../models/maintenance-notice.ts';
import { tenantProblems } from '../problems.ts';
import {
  findNotice,
  findNoticeToChange,
  findNoticeToTell,
  insertNotice,
  listNotices,
  setToldUntil,
  withdrawNotice,
} from '../repositories/maintenance-notice.repository.ts';
import { listTenants } from '../repositories/tenant.repository.ts';
import type { AnnounceMaintenance } from '../validators/maintenance-notice.ts';

export type MaintenanceDeps = { database: Database; audit: AuditTrail; outbox: Outbox; clock: Clock };
export type Maintenance = ReturnType<typeof createMaintenance>;

const CLINICS_AT_ONCE = 200;
/** Every clinic is behind the platform's own tenant. */
const NOBODY_YET = PLATFORM;

/** What operators tell all clinics. Each active clinic gets an event of its own, a few clinics in a transaction, so that many take no lock for long. */
export const createMaintenance = ({ database, audit, outbox, clock }: MaintenanceDeps) => {
  /** Tells the next clinics of one notice; false when all are told of all. */
  const tellSome = (): Promise<boolean> =>
    database.system.transaction(async (stx) => {
      const platform = stx.forTenant(PLATFORM);
      const notice = await findNoticeToTell(platform);
      if (!notice) return false;
      const page = {
        limit: CLINICS_AT_ONCE,
        after: notice.toldUntil,
        q: undefined,
        status: 'active',
      } as const;
      const found = await listTenants(stx, page);
      const clinics = found.slice(0, CLINICS_AT_ONCE);
      for (const { id } of clinics) {
        await outbox.publish(stx.forTenant(id), { requestId: newId() }, maintenanceEvent(notice));
      }
      const isEnd = found.length <= CLINICS_AT_ONCE;
      await setToldUntil(platform, notice.id, isEnd ? null : (clinics.at(-1)?.id ?? null));
      return true;
    });

  /** Small installations are told before the operator has the answer; the sweep tells whoever is left. */
  const tellSoon = async (): Promise<void> => {
    await tellSome().catch(() => undefined);
  };

  const record = (tx: Tx, ctx: Ctx, verb: string, resourceId: string, changes?: object) =>
    audit.record(tx, ctx, {
      action: `maintenance_notice.${verb}`,
      resourceType: 'maintenance_notice',
      resourceId,
      ...(changes && { changes: { ...changes } }),
    });

  const pageOf = async (
    { limit, cursor }: PageQuery,
    holding: { holdingAt?: Date },
  ): Promise<Page<MaintenanceNotice>> => {
    const before = decodeCursor(IdPosition, cursor)?.[0];
    const found = await listNotices(database.read(PLATFORM), { limit, before, ...holding });
    return toPage(found, limit, ({ id }) => [id]);
  };

  return {
    announce: async (ctx: Ctx, fields: AnnounceMaintenance): Promise<MaintenanceNotice> => {
      if (fields.endsAt <= clock.now()) throw invalid('/endsAt', 'must be still to come');
      const notice = await database.transaction(ctx, async (tx) => {
        const made = { ...fields, id: newId(), withdrawnAt: null, createdAt: clock.now() };
        await insertNotice(tx, made, NOBODY_YET);
        await record(tx, ctx, 'announced', made.id, fields);
        return made;
      });
      await tellSoon();
      return notice;
    },

    /** Everybody is told that nothing comes of it; a second time changes nothing. */
    withdraw: async (ctx: Ctx, id: string): Promise<void> => {
      await database.transaction(ctx, async (tx) => {
        const notice = await findNoticeToChange(tx, id);
        if (!notice) throw new AppError(tenantProblems.maintenance_notice_not_found);
        if (notice.withdrawnAt !== null) return;
        await withdrawNotice(tx, id, clock.now(), NOBODY_YET);
        await record(tx, ctx, 'withdrawn', id);
      });
      await tellSoon();
    },

    list: (_ctx: Ctx, query: PageQuery) => pageOf(query, {}),

    get: async (_ctx: Ctx, id: string): Promise<MaintenanceNotice> => {
      const notice = await findNotice(database.read(PLATFORM), id);
      if (!notice) throw new AppError(tenantProblems.maintenance_notice_not_found);
      return notice;
    },

    /** For everybody: what is going on, and what is to come. */
    listHolding: (_ctx: Ctx, query: PageQuery) => pageOf(query, { holdingAt: clock.now() }),

    sweep: async (): Promise<void> => {
      let isMore = true;
      while (isMore) isMore = await tellSome();
    },
  };
};
