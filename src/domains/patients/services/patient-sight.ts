import type { Db } from '../../../database/db.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { Patient } from '../models/patient.ts';
import { listPatients } from '../repositories/patient.repository.ts';

/** Who treats whom, which appointments know. */
export type Treatment = {
  /** Whether the doctor has, or has had, an appointment with the patient. */
  readonly treats: (db: Db, doctorId: string, patientId: string) => Promise<boolean>;
  /** Ids of the patients whom the doctor treats, ascending, at most `limit` of those behind `after`. */
  readonly treatedBy: (
    db: Db,
    doctorId: string,
    page: { after: string | undefined; limit: number },
  ) => Promise<readonly string[]>;
};

const BATCH = 500;

/** 403 for a permission that is only held for what is one's own. */
export const demandAllPatients = (ctx: Ctx): void => {
  if (!ctx.permissions.has('patients:write')) throw new AppError(commonProblems.forbidden);
};

/** Whether `ctx` may know of the patient: staff of any, doctors of those they treat, patients of themselves. */
export const sees = async (db: Db, ctx: Ctx, patientId: string, { treats }: Treatment): Promise<boolean> => {
  if (ctx.permissions.has('patients:read') || ctx.patientId === patientId) return true;
  return ctx.doctorId !== undefined && treats(db, ctx.doctorId, patientId);
};

type Filter = { limit: number; after: string | undefined; q: string | undefined };

/** The patients that `ctx` may know of, in the order of creation, one more than `limit`. */
export const listSeen = async (
  db: Db,
  ctx: Ctx,
  filter: Filter,
  treatment: Treatment,
): Promise<Patient[]> => {
  if (ctx.permissions.has('patients:read')) return listPatients(db, filter);
  if (ctx.doctorId !== undefined) return listTreated(db, ctx.doctorId, filter, treatment);
  return ctx.patientId === undefined ? [] : listPatients(db, { ...filter, ids: [ctx.patientId] });
};

/** In batches, since a doctor may have treated more patients than one statement can name. */
const listTreated = async (db: Db, doctorId: string, filter: Filter, { treatedBy }: Treatment) => {
  const found: Patient[] = [];
  let after = filter.after;
  for (;;) {
    const ids = await treatedBy(db, doctorId, { after, limit: BATCH });
    if (ids.length > 0) found.push(...(await listPatients(db, { ...filter, after: undefined, ids })));
    if (ids.length < BATCH || found.length > filter.limit) return found;
    after = ids.at(-1);
  }
};
