import type { Db } from '../../../database/db.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { Patient } from '../models/patient.ts';
import { isOpenTo } from '../repositories/opening.repository.ts';
import { listPatients, type PatientFilter } from '../repositories/patient-search.repository.ts';
import type { Visits } from './visits.ts';

const BATCH = 500;

/** 403 for a permission that is only held for what is one's own. */
export const demandAllPatients = (ctx: Ctx): void => {
  if (!ctx.permissions.has('patients:write')) throw new AppError(commonProblems.forbidden);
};

/** By what right somebody sees a record; nothing: they may not know of it. */
export type Right = 'staff' | 'own' | 'treatment' | 'break_glass';

/** Staff see any patient, doctors those they treat or whose record they opened in an emergency, patients their own. */
export const rightTo = async (
  db: Db,
  ctx: Ctx,
  patientId: string,
  { treats, now }: Pick<Visits, 'treats'> & { now: Date },
): Promise<Right | undefined> => {
  if (ctx.permissions.has('patients:read')) return 'staff';
  if (ownPatientIds(ctx).includes(patientId)) return 'own';
  if (ctx.role !== 'doctor') return undefined;
  if (ctx.doctorId !== undefined && (await treats(db, ctx.doctorId, patientId))) return 'treatment';
  return (await isOpenTo(db, ctx.userId, patientId, now)) ? 'break_glass' : undefined;
};

/** The patients that `ctx` may know of, in the order of creation, one more than `limit`. */
export const listSeen = async (
  db: Db,
  ctx: Ctx,
  filter: PatientFilter,
  visits: Pick<Visits, 'treatedBy'>,
): Promise<Patient[]> => {
  if (ctx.permissions.has('patients:read')) return listPatients(db, filter);
  if (ctx.doctorId !== undefined) return listTreated(db, ctx.doctorId, filter, visits);
  const ids = ownPatientIds(ctx);
  return ids.length === 0 ? [] : listPatients(db, { ...filter, ids });
};

/** In batches, since a doctor may have treated more patients than one statement can name. */
const listTreated = async (
  db: Db,
  doctorId: string,
  filter: PatientFilter,
  { treatedBy }: Pick<Visits, 'treatedBy'>,
) => {
  const found: Patient[] = [];
  let after = filter.after;
  for (;;) {
    const ids = await treatedBy(db, doctorId, { after, limit: BATCH });
    if (ids.length > 0) found.push(...(await listPatients(db, { ...filter, after: undefined, ids })));
    if (ids.length < BATCH || found.length > filter.limit) return found;
    after = ids.at(-1);
  }
};
