import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '../../../database/db.ts';
import { firstVisitChanges, type MarkedVisit } from '../models/first-visits.ts';
import { isOfVisit, type SourceEvent } from '../models/source-event.ts';
import { type Visit, visitOf } from '../models/visit.ts';
import { sumUpOn } from '../repositories/roll-up.repository.ts';
import { listEventsOf } from '../repositories/source-event.repository.ts';
import {
  type DoctorDate,
  listFirstVisitsOf,
  listVisits,
  listVisitsOf,
  putVisits,
  setFirstVisit,
} from '../repositories/visit.repository.ts';

const DATES_AT_ONCE = 100;

/** Makes of each visit what its events say, and sums its dates up anew. Writes only what has changed. */
export const projectVisits = async (
  tx: Tx,
  timezone: string,
  eventsOf: ReadonlyMap<string, readonly SourceEvent[]>,
): Promise<void> => {
  if (eventsOf.size === 0) return;
  const [patientOf, known] = await Promise.all([
    survivorsOf(tx, [...eventsOf.values()].flat()),
    listVisits(tx, [...eventsOf.keys()]),
  ]);
  const before = new Map(known.map((visit) => [visit.id, visit]));
  const changed = [...eventsOf.values()].flatMap((events) => {
    const visit = visitOf(events, { timezone, patientOf });
    return visit && !isDeepStrictEqual(before.get(visit.id), visit) ? [visit] : [];
  });
  if (changed.length === 0) return;
  putVisits(tx, changed);
  const replaced = changed.flatMap(({ id }) => before.get(id) ?? []);
  await markFirstVisits(tx, changed, replaced);
  await sumUp(tx, [...changed, ...replaced]);
};

/** Whose record each patient's has become, through any number of merges. */
const survivorsOf = async (
  tx: Tx,
  events: readonly SourceEvent[],
): Promise<(patientId: string) => string> => {
  const survivors = new Map<string, string>();
  let asked = new Set(events.filter(isOfVisit).map(({ payload }) => payload.appointment.patientId));
  while (asked.size > 0) {
    const merges = await listEventsOf(tx, [...asked]);
    const next = new Set<string>();
    for (const merge of merges) {
      if (merge.type !== 'patient.merged' || survivors.has(merge.subjectId)) continue;
      survivors.set(merge.subjectId, merge.payload.patientId);
      next.add(merge.payload.patientId);
    }
    asked = next;
  }
  return (patientId) => {
    let survivor = patientId;
    for (let step = 0; step < survivors.size; step += 1) survivor = survivors.get(survivor) ?? survivor;
    return survivor;
  };
};

const patientsOf = (visits: readonly Visit[]) => new Set(visits.map(({ patientId }) => patientId));

const moveMarks = (tx: Tx, visits: readonly MarkedVisit[]): void => {
  const { mark, unmark } = firstVisitChanges(visits);
  setFirstVisit(tx, mark, true);
  setFirstVisit(tx, unmark, false);
};

/** Marks the first of all visits of each patient, whatever was marked before. */
export const markFirstVisitsOf = async (tx: Tx, patientIds: readonly string[]): Promise<void> => {
  moveMarks(tx, await listVisitsOf(tx, patientIds));
};

/** Of patients who have nothing but new visits, it is enough to know which one has been the first so far. */
const markFirstVisits = async (
  tx: Tx,
  changed: readonly Visit[],
  replaced: readonly Visit[],
): Promise<void> => {
  const old = new Set(replaced.map(({ id }) => id));
  const uncertain = patientsOf([...replaced, ...changed.filter(({ id }) => old.has(id))]);
  const fresh = changed.filter(({ patientId }) => !uncertain.has(patientId));
  const [all, firsts] = await Promise.all([
    listVisitsOf(tx, [...uncertain]),
    listFirstVisitsOf(tx, [...patientsOf(fresh)]),
  ]);
  moveMarks(tx, [...all, ...firsts, ...fresh.map((visit) => ({ ...visit, firstVisit: false }))]);
};

const sumUp = async (tx: Tx, touched: readonly Visit[]): Promise<void> => {
  const dates = [
    ...new Map<string, DoctorDate>(
      touched.map(({ localDate, doctorId }) => [`${localDate} ${doctorId}`, { localDate, doctorId }]),
    ).values(),
  ];
  for (let at = 0; at < dates.length; at += DATES_AT_ONCE) {
    await sumUpOn(tx, dates.slice(at, at + DATES_AT_ONCE));
  }
};
