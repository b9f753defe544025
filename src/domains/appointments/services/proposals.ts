import type { Db } from '../../../database/db.ts';
import { type Interval, overlaps } from '../../../shared/time/interval.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import type { Appointment } from '../models/appointment.ts';
import type { BookableSlot } from '../models/first-slots.ts';
import { type Candidate, distribute, ranked } from '../models/proposals.ts';
import { withBuffers } from '../models/slots.ts';
import { listBusyOf } from '../repositories/claim.repository.ts';
import type { SlotService } from './slot.service.ts';

export type ProposalDeps = { clock: Clock; doctors: DoctorsPort; slots: SlotService };
export type Proposals = ReturnType<typeof createProposals>;

const WEEK_MS = 7 * DAY_MS;
/** How far around a lost time other times are looked for, and how long after the absence with the same doctor. */
const NEARBY_MS = WEEK_MS;
const CLOSE_MS = 2 * DAY_MS;
const AFTERWARDS_MS = 4 * WEEK_MS;
const MAX_DOCTORS = 100;
/** With so many slots close by, nobody has to look further. */
const ENOUGH_SLOTS = 60;

/** What the proposals are made for; `onlyDoctorId` leaves all other doctors out. */
export type Question = {
  readonly settings: BookingSettings;
  readonly absence: Interval;
  readonly onlyDoctorId?: string | undefined;
  readonly limit: number;
};

/** Finds other times for visits that have lost theirs. */
export const createProposals = ({ clock, doctors, slots }: ProposalDeps) => {
  /** The free slots of a service, read week by week and each week once. */
  const createSlotReader = (db: Db, { settings, onlyDoctorId }: Question) => {
    const earliest = clock.now().getTime() + settings.minNoticeMinutes * MINUTE_MS;
    const bookables = new Map<string, Promise<Bookable[]>>();
    const weeks = new Map<string, Promise<BookableSlot[]>>();

    const bookablesOf = (serviceId: string, doctorId: string | undefined) =>
      remember(bookables, `${serviceId} ${doctorId ?? ''}`, () =>
        doctors.listBookable(db, { serviceId, doctorId: onlyDoctorId ?? doctorId }, MAX_DOCTORS),
      );
    const slotsOfWeek = (serviceId: string, doctorId: string | undefined, week: number) =>
      remember(weeks, `${serviceId} ${doctorId ?? ''} ${week}`, async () => {
        const window = { start: Math.max(earliest, week * WEEK_MS), end: (week + 1) * WEEK_MS };
        if (window.start >= window.end) return [];
        return slots.forClinic(db, await bookablesOf(serviceId, doctorId), { settings, window });
      });

    return async (serviceId: string, doctorId: string | undefined, { start, end }: Interval) => {
      const found: BookableSlot[] = [];
      for (let week = Math.floor(start / WEEK_MS); week * WEEK_MS < end; week += 1) {
        found.push(...(await slotsOfWeek(serviceId, doctorId, week)));
      }
      return found;
    };
  };

  /** With any doctor near the lost time, and with the same doctor when the absence is over. */
  const slotsFor = async (
    { serviceId, doctorId, startsAt }: Appointment,
    absence: Interval,
    read: ReturnType<typeof createSlotReader>,
  ): Promise<BookableSlot[]> => {
    const start = startsAt.getTime();
    const around = await read(serviceId, undefined, { start: start - NEARBY_MS, end: start + NEARBY_MS });
    const close = around.filter((slot) => Math.abs(slot.startsAt - start) <= CLOSE_MS);
    const back = Math.max(absence.end, clock.now().getTime());
    const same = await read(serviceId, doctorId, { start: back, end: back + AFTERWARDS_MS });
    return distinct([...(close.length < ENOUGH_SLOTS ? around : close), ...same]);
  };

  /** What keeps patients and rooms from taking a time: what they have claimed, except by the visits themselves. */
  const busyOf = async (db: Db, visits: readonly Appointment[], span: Interval) => {
    const calendars = visits.flatMap(({ patientId, roomId }) => [patientId, ...(roomId ? [roomId] : [])]);
    const holders = visits.flatMap(({ id, groupId }) => [id, ...(groupId ? [groupId] : [])]);
    const busy = await listBusyOf(db, [...new Set(calendars)], span, { now: clock.now(), holders });
    return (visit: Appointment) => {
      const others = visits.filter((each) => each.patientId === visit.patientId && each !== visit);
      return {
        ofPatient: [...(busy.get(visit.patientId) ?? []), ...others.map(timeOf)],
        ofRoom: busy.get(visit.roomId ?? '') ?? [],
      };
    };
  };

  /** The slots that the patient could take, in the room of the visit where it takes place at the same location. */
  const candidatesAmong = (
    visit: Appointment,
    found: readonly BookableSlot[],
    { ofPatient, ofRoom }: { ofPatient: readonly Interval[]; ofRoom: readonly Interval[] },
  ): Candidate[] =>
    found
      .map((slot) => toCandidate(visit, slot))
      .filter((candidate) => {
        const time = { start: candidate.startsAt, end: candidate.endsAt };
        const isFree = (busy: readonly Interval[]) => busy.every((each) => !overlaps(each, time));
        return isFree(ofPatient) && (candidate.roomId === null || isFree(ofRoom));
      });

  return {
    /** Up to `limit` proposals for each visit, by its id; `visits` choose in their order. */
    propose: async (
      db: Db,
      visits: readonly Appointment[],
      question: Question,
    ): Promise<Map<string, Candidate[]>> => {
      if (visits.length === 0) return new Map();
      const { absence, limit } = question;
      const read = createSlotReader(db, question);
      const found: BookableSlot[][] = [];
      for (const visit of visits) found.push(await slotsFor(visit, absence, read));
      const starts = found.flat().map(({ startsAt }) => startsAt);
      if (starts.length === 0) return new Map();
      const span = { start: leastOf(starts), end: -leastOf(starts.map((start) => -start)) + DAY_MS };
      const busyFor = await busyOf(db, visits, span);
      const displaced = visits.map((visit) => ({ ...visit, startsAt: visit.startsAt.getTime() }));
      const candidates = visits.map((visit, at) => {
        const lost = { ...visit, startsAt: visit.startsAt.getTime() };
        return [visit.id, ranked(lost, candidatesAmong(visit, found[at] ?? [], busyFor(visit)))] as const;
      });
      return distribute(displaced, new Map(candidates), limit);
    },
  };
};

const remember = <Key, Value>(known: Map<Key, Value>, key: Key, ask: () => Value): Value => {
  const value = known.get(key) ?? ask();
  known.set(key, value);
  return value;
};

const leastOf = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);

const timeOf = ({ startsAt, endsAt }: Appointment): Interval => ({
  start: startsAt.getTime(),
  end: endsAt.getTime(),
});

/** The same doctor's slots are found twice. */
const distinct = (found: readonly BookableSlot[]): BookableSlot[] => [
  ...new Map(
    found.map((slot) => [`${slot.bookable.doctorId} ${slot.startsAt} ${slot.locationId ?? ''}`, slot]),
  ).values(),
];

/** Hours without a location leave the visit, and so its room, where it is. */
const toCandidate = (visit: Appointment, { bookable, ...slot }: BookableSlot): Candidate => ({
  ...slot,
  doctorId: bookable.doctorId,
  doctorTime: withBuffers({ start: slot.startsAt, end: slot.endsAt }, bookable),
  roomId: slot.locationId === null || slot.locationId === visit.locationId ? visit.roomId : null,
});
