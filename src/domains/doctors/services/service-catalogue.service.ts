import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { Service } from '../models/service.ts';
import { doctorProblems } from '../problems.ts';
import {
  deleteService,
  findService,
  findServiceToChange,
  insertService,
  listServices,
  updateService,
} from '../repositories/service.repository.ts';
import type { CreateService, ListServices, UpdateService } from '../validators/service.ts';

export type ServiceCatalogueDeps = { database: Database; audit: AuditTrail; clock: Clock };
export type ServiceCatalogue = ReturnType<typeof createServiceCatalogue>;

/** Patients see what they may book; staff see everything. */
const seesOnlyPublic = (ctx: Ctx) => ctx.role === 'patient';

export const createServiceCatalogue = ({ database, audit, clock }: ServiceCatalogueDeps) => ({
  create: (ctx: Ctx, fields: CreateService): Promise<Service> =>
    database.transaction(ctx, async (tx) => {
      const now = clock.now();
      const service: Service = { ...fields, id: newId(), version: 1, createdAt: now, updatedAt: now };
      await insertService(tx, service);
      await audit.record(tx, ctx, {
        action: 'service.created',
        resourceType: 'service',
        resourceId: service.id,
        changes: fields,
      });
      return service;
    }),

  list: async (ctx: Ctx, query: ListServices) => {
    const after = decodeCursor(IdPosition, query.cursor)?.[0];
    const services = await listServices(database.read(ctx.tenantId), {
      ...query,
      after,
      publicOnly: seesOnlyPublic(ctx),
    });
    return toPage(services, query.limit, (last) => [last.id]);
  },

  get: async (ctx: Ctx, id: string): Promise<Service> => {
    const service = await findService(database.read(ctx.tenantId), id);
    if (!service || (seesOnlyPublic(ctx) && !(service.active && service.bookableByPatients))) {
      throw new AppError(doctorProblems.service_not_found);
    }
    return service;
  },

  update: (ctx: Ctx, id: string, changes: UpdateService, ifMatch: number | undefined): Promise<Service> =>
    database.transaction(ctx, async (tx) => {
      const current = await findServiceToChange(tx, id);
      if (!current) throw new AppError(doctorProblems.service_not_found);
      demandVersion(current, ifMatch);
      const service = nextVersion(current, changes, clock.now());
      await updateService(tx, service);
      await audit.record(tx, ctx, {
        action: 'service.updated',
        resourceType: 'service',
        resourceId: id,
        changes,
      });
      return service;
    }),

  remove: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> =>
    database.transaction(ctx, async (tx) => {
      const current = await findServiceToChange(tx, id);
      if (!current) throw new AppError(doctorProblems.service_not_found);
      demandVersion(current, ifMatch);
      await deleteService(tx, id, clock.now());
      await audit.record(tx, ctx, { action: 'service.deleted', resourceType: 'service', resourceId: id });
    }),
});
