import fc from 'fast-check';
import { newId } from '../../../shared/types/id.ts';
import type { HappenedEvent } from '../models/source-event.ts';

const HOUR_MS = 3_600_000;
const BEGINNING = Date.parse('2027-03-20T12:00:00Z');

/** Where a history takes place. Clocks change on the second weekend that slots lie in. */
const [doctors, patients, services, places] = [3, 4, 2, 2].map((count) =>
  Array.from({ length: count }, () => newId()),
) as [string[], string[], string[], string[]];

const step = fc.record({
  what: fc.constantFrom(
    ...([
      'book',
      'book',
      'book',
      'book',
      'move',
      'move',
      'move',
      'advance',
      'advance',
      'cancel',
      'miss',
    ] as const),
    ...(['remind', 'confirm', 'merge', 'hours', 'zone', 'wait', 'offer', 'accept', 'leave'] as const),
  ),
  which: fc.nat(20),
  who: fc.nat(20),
  slot: fc.nat(240),
  amount: fc.constantFrom(null, 4_000, 7_500),
});
type Step = typeof step extends fc.Arbitrary<infer Made> ? Made : never;

/** What may have happened in a clinic, step by step. */
export const steps = fc.array(step, { minLength: 25, maxLength: 45 });

type Appointment = {
  id: string;
  doctorId: string;
  patientId: string;
  serviceId: string;
  locationId: string | null;
  startsAt: string;
  endsAt: string;
  status: string;
  attendanceConfirmedAt: string | null;
  version: number;
  createdAt: string;
};

const NEXT: Readonly<Record<string, string>> = {
  pending: 'confirmed',
  confirmed: 'checked_in',
  checked_in: 'in_progress',
  in_progress: 'completed',
};
const isOpen = ({ status }: Appointment) => status === 'pending' || status === 'confirmed';
const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length] as Item;
const timeOf = (slot: number) => ({
  startsAt: new Date(BEGINNING + slot * HOUR_MS).toISOString(),
  endsAt: new Date(BEGINNING + slot * HOUR_MS + HOUR_MS / 2).toISOString(),
});

/** The events of a history in the order in which they happened, and what all appointments are at its end. */
export const happenings = (history: readonly Step[], tenantId: string) => {
  const events: HappenedEvent[] = [];
  const appointments: Appointment[] = [];
  const waits: { entryId: string; offered: boolean; over: boolean }[] = [];
  const survivors = new Map<string, string>();

  history.forEach(({ what, which, who, slot, amount }, at) => {
    const occurredAt = new Date(BEGINNING + at * 7 * HOUR_MS);
    const tell = (type: string, payload: unknown) =>
      events.push({ id: newId(), tenantId, type, payload: structuredClone(payload), occurredAt });
    const change = (appointment: Appointment, type: string, changes: Partial<Appointment>, more = {}) => {
      Object.assign(appointment, changes, { version: appointment.version + 1 });
      tell(type, { appointment, ...more });
    };
    const price = amount === null ? null : { amount, currency: pick(['EUR', 'CHF'], which) };
    const known = appointments.length > 0 ? pick(appointments, which) : undefined;
    const wait = waits.length > 0 ? pick(waits, which) : undefined;

    if (what === 'book') {
      const patientId = pick(patients, who);
      if (survivors.has(patientId)) return;
      const appointment = {
        id: newId(),
        doctorId: pick(doctors, which),
        patientId,
        serviceId: pick(services, slot),
        locationId: pick([null, ...places], who),
        ...timeOf(slot),
        status: pick(['pending', 'confirmed'], slot),
        attendanceConfirmedAt: null,
        version: 1,
        createdAt: occurredAt.toISOString(),
      };
      appointments.push(appointment);
      tell('appointment.booked', { appointment, price });
    } else if (what === 'move' && known && isOpen(known)) {
      const place = { doctorId: pick(doctors, who), serviceId: pick(services, who), ...timeOf(slot) };
      change(known, 'appointment.rescheduled', { ...place, attendanceConfirmedAt: null }, { price });
    } else if (what === 'advance' && known && NEXT[known.status] !== undefined) {
      change(known, 'appointment.status_changed', { status: NEXT[known.status] ?? '' });
    } else if (what === 'miss' && known?.status === 'confirmed') {
      change(known, 'appointment.status_changed', { status: 'no_show' });
    } else if (what === 'cancel' && known && isOpen(known)) {
      change(known, 'appointment.cancelled', { status: 'cancelled' });
    } else if (what === 'confirm' && known && isOpen(known)) {
      change(known, 'appointment.updated', { attendanceConfirmedAt: occurredAt.toISOString() });
    } else if (what === 'remind' && known) {
      tell('appointment.reminder_due', { appointmentId: known.id, startsAt: known.startsAt });
    } else if (what === 'merge') {
      const [duplicateId, patientId] = [pick(patients, which), pick(patients, who)];
      if (duplicateId === patientId || survivors.has(duplicateId) || survivors.has(patientId)) return;
      survivors.set(duplicateId, patientId);
      tell('patient.merged', { patientId, duplicateId });
    } else if (what === 'hours') {
      const hours = { startMinute: (slot % 12) * 60, endMinute: ((slot % 12) + 6) * 60 };
      const rules = [1, 3, 7].map((dayOfWeek) => ({
        ...{ dayOfWeek, locationId: pick([null, ...places], who), serviceIds: null, ...hours },
        ...{ effectiveFrom: null, effectiveTo: null },
      }));
      const schedule = { timezone: 'Europe/Berlin', rules, overrides: [], closures: [], absences: [] };
      tell('doctor.availability_changed', { doctorId: pick(doctors, which), schedule });
    } else if (what === 'zone') {
      tell('tenant.updated', { timezone: pick(['Europe/Berlin', 'America/New_York'], which) });
    } else if (what === 'wait') {
      const entryId = newId();
      waits.push({ entryId, offered: false, over: false });
      tell('waitlist.entered', {
        entryId,
        doctorId: pick([null, ...doctors], who),
        serviceId: pick(services, slot),
      });
    } else if (what === 'offer' && wait && !wait.over && !wait.offered) {
      wait.offered = true;
      tell('waitlist.offer_made', { entryId: wait.entryId });
    } else if (what === 'accept' && wait && !wait.over && wait.offered) {
      const outcome = pick(['accepted', 'declined', 'expired'], who);
      Object.assign(wait, { offered: false, over: outcome === 'accepted' });
      tell('waitlist.offer_ended', { entryId: wait.entryId, outcome });
    } else if (what === 'leave' && wait && !wait.over) {
      wait.over = true;
      tell('waitlist.closed', { entryId: wait.entryId, status: pick(['left', 'expired'], who) });
    }
  });
  const survivorOf = (patientId: string): string => {
    const survivor = survivors.get(patientId);
    return survivor === undefined ? patientId : survivorOf(survivor);
  };
  return { events, appointments, survivorOf };
};
