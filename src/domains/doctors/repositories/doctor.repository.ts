import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf, missingParentOf } from '../../../database/failures.ts';
import { gathered } from '../../../database/gathered-read.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { and, bin, count, list, rows, sql, type Sql } from '../../../database/sql.ts';
import { addDays, type LocalDate } from '../../../shared/time/local-date.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import { AppError, type Problem } from '../../../shared/utils/errors.ts';
import { type Doctor, type DoctorStatus, searchTextOf } from '../models/doctor.ts';
import { doctorProblems } from '../problems.ts';
import type { ListDoctors } from '../validators/doctor.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';
import { hasSpecialization, matchesSearch } from './doctor-search.ts';
import { worksAt } from './works-at.ts';

type DoctorRow = Omit<Doctor, 'serviceIds'>;

const columns = sql`d.id, d.user_id AS userId, d.first_name AS firstName, d.last_name AS lastName, d.title,
  d.specializations, d.bio, d.languages, d.license_number AS licenseNumber, d.timezone, d.status, d.active, d.version,
  d.created_at AS createdAt, d.updated_at AS updatedAt`;

const withServices = async (db: Db, doctors: DoctorRow[]): Promise<Doctor[]> => {
  if (doctors.length === 0) return [];
  const links = await db.many<{ doctorId: string; serviceId: string }>(sql`
    SELECT doctor_id AS doctorId, service_id AS serviceId FROM doctor_services
    WHERE tenant_id = ${db.tenant} AND doctor_id IN ${list(doctors.map(({ id }) => bin(id)))}`);
  return doctors.map((doctor) => ({
    ...doctor,
    serviceIds: links.filter(({ doctorId }) => doctorId === doctor.id).map(({ serviceId }) => serviceId),
  }));
};

const find = async (db: Db, id: string, lock: Sql): Promise<Doctor | undefined> => {
  const row = await db.one<DoctorRow>(sql`
    SELECT ${columns} FROM doctors d
    WHERE d.tenant_id = ${db.tenant} AND d.id = ${bin(id)} AND d.deleted_at IS NULL ${lock}`);
  return row && (await withServices(db, [row]))[0];
};

type DoctorFilter = ListDoctors & { after: string | undefined; publicOnly: boolean; now: Date };

const offers = (db: Db, serviceId: string) => sql`EXISTS (SELECT 1 FROM doctor_services s
  WHERE s.tenant_id = ${db.tenant} AND s.doctor_id = d.id AND s.service_id = ${bin(serviceId)})`;

/** The dates of UTC before this one are past in every zone. */
const yesterday = (now: Date): LocalDate => addDays(localDateAt('UTC', now.getTime()), -1);

const listMatching = async (db: Db, filter: DoctorFilter): Promise<Doctor[]> => {
  const { limit, after, publicOnly, now, q, specialization, serviceId, locationId, language, active } =
    filter;
  const found = await db.many<DoctorRow>(sql`
    SELECT ${columns} FROM doctors d
    WHERE d.tenant_id = ${db.tenant} AND d.deleted_at IS NULL ${and(
      after === undefined ? undefined : sql`d.id > ${bin(after)}`,
      publicOnly ? sql`d.active = TRUE` : undefined,
      active === undefined ? undefined : sql`d.active = ${active}`,
      q ? matchesSearch(q) : undefined,
      specialization === undefined ? undefined : hasSpecialization(specialization),
      language === undefined ? undefined : sql`json_contains(d.languages, ${JSON.stringify(language)})`,
      serviceId === undefined ? undefined : offers(db, serviceId),
      locationId === undefined ? undefined : worksAt(db, locationId, yesterday(now)),
    )}
    ORDER BY d.id LIMIT ${count(limit + 1)}`);
  return withServices(db, found);
};

/** What the constraints of a written doctor find. */
const writing = async (write: () => Promise<unknown>): Promise<void> => {
  try {
    await write();
  } catch (error) {
    const problem = problemOf(error);
    throw problem ? new AppError(problem, undefined, { cause: error }) : error;
  }
};

const problemOf = (error: unknown): Problem | undefined => {
  if (duplicateKeyOf(error) === 'uq_doctors_user') return doctorProblems.doctor_exists;
  if (missingParentOf(error) === 'fk_doctors_user') return doctorProblems.user_not_found;
  if (missingParentOf(error) === 'fk_doctor_services_service') return doctorProblems.service_not_found;
  return undefined;
};

const replaceServices = async (tx: Tx, { id, serviceIds }: Doctor) => {
  await tx.run(sql`DELETE FROM doctor_services WHERE tenant_id = ${tx.tenant} AND doctor_id = ${bin(id)}`);
  if (serviceIds.length === 0) return;
  await tx.run(sql`
    INSERT INTO doctor_services (tenant_id, doctor_id, service_id)
    VALUES ${rows(serviceIds.map((serviceId) => [tx.tenant, bin(id), bin(serviceId)]))}`);
};

export const doctorRepository: CatalogueRepository<Doctor, ListDoctors> = {
  find: (db, id) => find(db, id, sql``),
  findToChange: (tx, id) => find(tx, id, sql`FOR UPDATE`),
  list: listMatching,

  insert: (tx, d) =>
    writing(async () => {
      await tx.run(sql`
        INSERT INTO doctors (tenant_id, id, user_id, first_name, last_name, title, specializations, bio, languages,
          license_number, timezone, status, active, search_text, version, created_at, updated_at)
        VALUES (${tx.tenant}, ${bin(d.id)}, ${bin(d.userId)}, ${d.firstName}, ${d.lastName}, ${d.title},
          ${JSON.stringify(d.specializations)}, ${d.bio}, ${JSON.stringify(d.languages)}, ${d.licenseNumber},
          ${d.timezone}, ${d.status}, ${d.active}, ${searchTextOf(d)}, ${d.version}, ${d.createdAt}, ${d.updatedAt})`);
      await replaceServices(tx, d);
    }),

  update: (tx, d) =>
    writing(async () => {
      await tx.run(sql`
        UPDATE doctors SET user_id = ${bin(d.userId)}, first_name = ${d.firstName}, last_name = ${d.lastName},
          title = ${d.title}, specializations = ${JSON.stringify(d.specializations)}, bio = ${d.bio},
          languages = ${JSON.stringify(d.languages)}, license_number = ${d.licenseNumber}, timezone = ${d.timezone},
          active = ${d.active}, search_text = ${searchTextOf(d)}, version = ${d.version}, updated_at = ${d.updatedAt}
        WHERE tenant_id = ${tx.tenant} AND id = ${bin(d.id)}`);
      await replaceServices(tx, d);
    }),

  /** The login may then be linked to another profile. */
  remove: (tx, id, at) =>
    tx.run(sql`
      UPDATE doctors SET deleted_at = ${at}, active = FALSE, user_id = NULL
      WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
};

const readUserIds = async (db: Db, ids: readonly string[]) => {
  const found = await db.many<{ id: string; userId: string }>(sql`
    SELECT id, user_id AS userId FROM doctors
    WHERE tenant_id = ${db.tenant} AND id IN (${paddedList(ids.map((id) => bin(id)))}) AND user_id IS NOT NULL
      AND deleted_at IS NULL`);
  return new Map(found.map(({ id, userId }) => [id, userId]));
};

const gatherUserIds = gathered(readUserIds);

export const findUserIdOfDoctor = (db: Db, id: string): Promise<string | undefined> => gatherUserIds(db, id);

/** What somebody says counts from now on, also for a doctor who is not there. */
export const updateDoctorStatus = (tx: Tx, id: string, status: DoctorStatus) =>
  updateDoctorPresence(tx, id, { status, statusBeforeAbsence: null });

export type StoredPresence = {
  readonly status: DoctorStatus;
  readonly statusBeforeAbsence: DoctorStatus | null;
};

export const findDoctorPresenceToChange = (tx: Tx, id: string) =>
  tx.one<StoredPresence>(sql`
    SELECT status, status_before_absence AS statusBeforeAbsence FROM doctors
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND deleted_at IS NULL FOR UPDATE`);

export const updateDoctorPresence = (tx: Tx, id: string, p: StoredPresence) =>
  tx.run(sql`
    UPDATE doctors SET status = ${p.status}, status_before_absence = ${p.statusBeforeAbsence}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND deleted_at IS NULL`);

export const findDoctorIdOfUser = async (db: Db, userId: string): Promise<string | undefined> =>
  (
    await db.one<{ id: string }>(sql`
      SELECT id FROM doctors WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} AND deleted_at IS NULL`)
  )?.id;

/** Those whom the plan of the clinic counts. */
export const countActiveDoctors = async (tx: Tx): Promise<number> => {
  const row = await tx.one<{ doctors: number }>(sql`
    SELECT count(*) AS doctors FROM doctors
    WHERE tenant_id = ${tx.tenant} AND active = TRUE AND deleted_at IS NULL`);
  return row?.doctors ?? 0;
};
