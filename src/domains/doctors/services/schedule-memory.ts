import type { Db } from '../../../database/db.ts';
import { contains, type Interval, overlaps } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import { lastUsed } from '../../../shared/utils/last-used.ts';
import { type Schedule, type Session, workingSessions } from '../models/working-time.ts';
import type { Bookable } from '../repositories/bookable.repository.ts';
import { loadSchedules } from './schedule.ts';

type Asked = Pick<Bookable, 'doctorId' | 'timezone' | 'scheduleVersion'>;
type Remembered = { readonly version: string; readonly span: Interval; readonly schedule: Schedule };

const REMEMBERED_DOCTORS = 10_000;
/** More than is asked for is loaded, so that the next question, about other days, is answered as well. */
const DAYS_BEFORE = 7;
const DAYS_AFTER = 200;

const memory = lastUsed<Remembered>(REMEMBERED_DOCTORS);

const REMEMBERED_DAYS = 20_000;
const days = lastUsed<readonly Session[]>(REMEMBERED_DAYS);

const generously = ({ start, end }: Interval): Interval => ({
  start: start - DAYS_BEFORE * DAY_MS,
  end: end + DAYS_AFTER * DAY_MS,
});

/**
 * {@link loadSchedules}, from memory where nothing has changed. Each doctor comes with the version of the tenant's
 * schedules, read from the database with whatever was read of them: what is remembered under another version is not used,
 * so that no message has to arrive for it. A transaction that is changing schedules itself remembers nothing.
 */
const recallSchedules = async (
  db: Db,
  doctors: readonly Asked[],
  window: Interval,
): Promise<Map<string, Schedule>> => {
  const schedules = new Map<string, Schedule>();
  const missing: Asked[] = [];
  for (const doctor of doctors) {
    const known = db.mayRemember() ? memory.get(`${db.tenantId}${doctor.doctorId}`) : undefined;
    if (known && known.version === doctor.scheduleVersion && contains(known.span, window))
      schedules.set(doctor.doctorId, known.schedule);
    else missing.push(doctor);
  }
  if (missing.length === 0) return schedules;
  const span = generously(window);
  const loaded = await loadSchedules(
    db,
    missing.map(({ doctorId, timezone }) => ({ id: doctorId, timezone })),
    span,
  );
  for (const { doctorId, scheduleVersion } of missing) {
    const schedule = loaded.get(doctorId);
    if (!schedule) continue;
    schedules.set(doctorId, schedule);
    if (scheduleVersion !== null && db.mayRemember())
      memory.set(`${db.tenantId}${doctorId}`, { version: scheduleVersion, span, schedule });
  }
  return schedules;
};

type AskedService = Asked & Pick<Bookable, 'serviceId'>;

/** When the doctor works on a day of UTC, days since the epoch, and all that reaches into it. */
const recallDay = async (db: Db, asked: AskedService, day: number): Promise<readonly Session[]> => {
  const { doctorId, serviceId, scheduleVersion } = asked;
  const mayRemember = db.mayRemember() && scheduleVersion !== null;
  const name = `${db.tenantId}${doctorId}${serviceId}${scheduleVersion ?? ''}${day}`;
  const known = mayRemember ? days.get(name) : undefined;
  if (known) return known;
  const window = { start: day * DAY_MS, end: (day + 1) * DAY_MS };
  const schedule = (await recallSchedules(db, [asked], window)).get(doctorId);
  if (!schedule) return [];
  const sessions = workingSessions(schedule, window, serviceId);
  if (mayRemember) days.set(name, sessions);
  return sessions;
};

/** `workingSessions` of each in `window`, in their order. Whoever books asks for one visit, of a day that others ask for as well. */
export const recallSessions = async (
  db: Db,
  services: readonly AskedService[],
  window: Interval,
): Promise<Session[][]> => {
  const [only, ...others] = services;
  const day = Math.floor(window.start / DAY_MS);
  if (only && others.length === 0 && window.end <= (day + 1) * DAY_MS) {
    return [(await recallDay(db, only, day)).filter((session) => overlaps(session, window))];
  }
  const schedules = await recallSchedules(db, services, window);
  return services.map(({ doctorId, serviceId }) => {
    const schedule = schedules.get(doctorId);
    return schedule ? workingSessions(schedule, window, serviceId) : [];
  });
};
