import type { LoadedVisit } from '../domains/appointments/index.ts';
import { addDays, dayOfWeek, type LocalDate } from '../shared/time/local-date.ts';
import { DAY_MS, MINUTE_MS } from '../shared/time/units.ts';
import { instantAt, localDateAt, localTimeAt } from '../shared/time/wall-clock.ts';
import type { Chance } from './chance.ts';

export type SeededService = {
  readonly id: string;
  readonly durationMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly requiresConfirmation: boolean;
  readonly price: LoadedVisit['price'];
};
/** Weekly hours as the API tells them. */
export type SeededHours = {
  readonly dayOfWeek: number;
  readonly startTime: string;
  readonly endTime: string;
  readonly locationId?: string | null;
};
export type SeededDoctor = {
  readonly id: string;
  readonly timezone: string;
  readonly rules: readonly SeededHours[];
};

export type VisitPlan = {
  readonly doctors: readonly SeededDoctor[];
  readonly services: readonly [SeededService, ...SeededService[]];
  readonly patientIds: readonly [string, ...string[]];
  readonly actorId: string;
  readonly now: Date;
  /** So many visits, as far back as they reach; else all of the last `pastDays`. */
  readonly count?: number | undefined;
  readonly pastDays: number;
};

const FUTURE_DAYS = 42;
const MAX_TRIES = 20;
const REASONS = [
  null,
  null,
  'Follow-up',
  'Cough for a week',
  'Annual check-up',
  'Back pain',
  'Results',
] as const;

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Weeks ahead are emptier than the past. */
const fillOf = (start: number, now: number): number => {
  if (start < now) return 0.72;
  return 0.7 - (0.5 * (start - now)) / (FUTURE_DAYS * DAY_MS);
};

const statusOf = (
  chance: Chance,
  service: SeededService,
  end: number,
  now: number,
): LoadedVisit['status'] => {
  const drawn = chance.next();
  if (end <= now) return drawn < 0.84 ? 'completed' : drawn < 0.93 ? 'cancelled' : 'no_show';
  if (drawn < 0.06) return 'cancelled';
  return service.requiresConfirmation && drawn < 0.5 ? 'pending' : 'confirmed';
};

/** Visits of one doctor on one date, one behind the other, each with a patient who has no other one that day. */
function* visitsOfDay(
  chance: Chance,
  plan: VisitPlan,
  doctor: SeededDoctor,
  date: LocalDate,
  seen: Set<string>,
) {
  const now = plan.now.getTime();
  for (const hours of doctor.rules.filter((rule) => rule.dayOfWeek === dayOfWeek(date))) {
    let start = instantAt(doctor.timezone, date, minuteOf(hours.startTime));
    const close = instantAt(doctor.timezone, date, minuteOf(hours.endTime));
    for (;;) {
      const service = chance.pick(plan.services);
      const visit = start + service.bufferBeforeMinutes * MINUTE_MS;
      const end = visit + service.durationMinutes * MINUTE_MS;
      const next = end + service.bufferAfterMinutes * MINUTE_MS;
      if (next > close) break;
      const patientId = chance.next() < fillOf(visit, now) ? freePatient(chance, plan, seen) : undefined;
      if (patientId !== undefined) {
        seen.add(patientId);
        const bookedAt = Math.min(now, visit) - chance.between(2, 30 * 24) * 60 * MINUTE_MS;
        yield {
          doctorId: doctor.id,
          patientId,
          serviceId: service.id,
          locationId: hours.locationId ?? null,
          startsAt: new Date(visit),
          endsAt: new Date(end),
          timezone: doctor.timezone,
          localStart: localTimeAt(doctor.timezone, visit),
          status: statusOf(chance, service, end, now),
          reason: chance.pick(REASONS),
          bookedAt: new Date(bookedAt),
          actorId: plan.actorId,
          bufferBeforeMinutes: service.bufferBeforeMinutes,
          bufferAfterMinutes: service.bufferAfterMinutes,
          price: service.price,
        } satisfies LoadedVisit;
      }
      start = next;
    }
  }
}

const freePatient = (
  chance: Chance,
  { patientIds }: VisitPlan,
  seen: ReadonlySet<string>,
): string | undefined => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const id = chance.pick(patientIds);
    if (!seen.has(id)) return id;
  }
  return undefined;
};

/** Somebody is always there: the last two visits that are over have not been ended yet. */
const leaveOpen = (visit: LoadedVisit, open: LoadedVisit['status'][], now: Date): LoadedVisit => {
  if (visit.status !== 'completed' || visit.endsAt > now) return visit;
  const status = open.pop();
  return status ? { ...visit, status } : visit;
};

/** Visits from six weeks ahead back into the past, the latest day first. The same for the same chances, people and time. */
export function* planVisits(chance: Chance, plan: VisitPlan): Generator<LoadedVisit> {
  const open: LoadedVisit['status'][] = ['in_progress', 'checked_in'];
  const timezone = plan.doctors[0]?.timezone ?? 'UTC';
  const today = localDateAt(timezone, plan.now.getTime());
  let left = plan.count ?? Number.POSITIVE_INFINITY;
  // Hours on no day would never come to an end.
  const works = plan.doctors.some(({ rules }) => rules.length > 0);
  const days = plan.count === undefined ? plan.pastDays : 200 * 365;
  for (let day = FUTURE_DAYS; works && left > 0 && day >= -days; day--) {
    const seen = new Set<string>();
    for (const doctor of plan.doctors) {
      for (const visit of visitsOfDay(chance, plan, doctor, addDays(today, day), seen)) {
        if (left-- <= 0) return;
        yield leaveOpen(visit, open, plan.now);
      }
    }
  }
}
