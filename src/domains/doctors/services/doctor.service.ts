import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import type { Affected } from '../models/availability.ts';
import { type Doctor, type DoctorStatus, doctorStatusChanged } from '../models/doctor.ts';
import { doctorProblems } from '../problems.ts';
import {
  countActiveDoctors,
  doctorRepository,
  updateDoctorStatus,
} from '../repositories/doctor.repository.ts';
import type { CreateDoctor, UpdateDoctor } from '../validators/doctor.ts';
import { type Consequences, createCatalogue } from './catalogue.service.ts';
import { demandDoctorWrite } from './ownership.ts';

export type DoctorDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  /** The zone of a clinic, for the doctors of whom none is said. */
  timezoneOf: (tenantId: string) => Promise<string>;
  demandPlace: TenantsPort['demandPlace'];
  consequences: { doctors: Consequences<Doctor> };
};
export type DoctorService = ReturnType<typeof createDoctorService>;

export const createDoctorService = (deps: DoctorDeps) => {
  const { database, audit, outbox, timezoneOf, consequences } = deps;
  const profiles = createCatalogue(
    {
      noun: 'doctor',
      notFound: doctorProblems.doctor_not_found,
      repository: doctorRepository,
      isPublic: ({ active }) => active,
      demandPlace: async (tx, { active }, before) => {
        if (active && !before?.active) await deps.demandPlace(tx, 'maxDoctors', countActiveDoctors);
      },
      consequences: consequences.doctors,
    },
    deps,
  );

  return {
    list: profiles.list,
    get: profiles.get,
    remove: profiles.remove,

    create: async (ctx: Ctx, fields: CreateDoctor): Promise<Doctor> => {
      const timezone = fields.timezone ?? (await timezoneOf(ctx.tenantId));
      return profiles.create(ctx, { ...fields, timezone, status: 'offline' });
    },

    update: async (
      ctx: Ctx,
      id: string,
      changes: UpdateDoctor,
      ifMatch: number | undefined,
    ): Promise<Doctor & Affected> => {
      demandDoctorWrite(ctx, id);
      return profiles.update(ctx, id, changes, ifMatch);
    },

    setStatus: async (ctx: Ctx, id: string, status: DoctorStatus): Promise<Doctor> => {
      demandDoctorWrite(ctx, id);
      return database.transaction(ctx, async (tx) => {
        const doctor = await doctorRepository.findToChange(tx, id);
        if (!doctor) throw new AppError(doctorProblems.doctor_not_found);
        await updateDoctorStatus(tx, id, status);
        if (doctor.status !== status) {
          await outbox.publish(tx, ctx, doctorStatusChanged(id, status));
          await audit.record(tx, ctx, {
            action: 'doctor.status_set',
            resourceType: 'doctor',
            resourceId: id,
            changes: { status },
          });
        }
        return { ...doctor, status };
      });
    },
  };
};
