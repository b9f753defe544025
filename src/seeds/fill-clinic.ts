import type { AuditTrail } from '../database/audit.ts';
import type { Database } from '../database/db.ts';
import { duplicateKeyOf } from '../database/failures.ts';
import { loadUntoldEvents } from '../domains/analytics/index.ts';
import { type LoadedVisit, loadVisits, untoldEventsOf } from '../domains/appointments/index.ts';
import { announcedHours } from '../domains/doctors/index.ts';
import { loadPatients } from '../domains/patients/index.ts';
import { DAY_MS } from '../shared/time/units.ts';
import { newId } from '../shared/types/id.ts';
import type { ApiClient } from './api-client.ts';
import type { Chance } from './chance.ts';
import { aPerson } from './people.ts';
import { planVisits, type SeededDoctor, type SeededHours, type SeededService } from './visit-plan.ts';

export type Progress = (what: string, done: number) => void;
export type Filling = {
  readonly database: Database;
  readonly audit: AuditTrail;
  readonly chance: Chance;
  readonly now: Date;
  readonly patients: number;
  /** So many visits; else those of `pastDays` and of six weeks ahead. */
  readonly appointments?: number | undefined;
  readonly pastDays: number;
  /** Whether analytics is to know of the visits: a multiple of the rows, and much to count for whichever server is next. */
  readonly withFigures: boolean;
  readonly onProgress: Progress;
};

/** A statement has 65,535 values at most, and a patient has some ten words. */
const AT_ONCE = 500;

const portions = function* <T>(items: Iterable<T>): Generator<T[]> {
  let portion: T[] = [];
  for (const item of items) {
    portion.push(item);
    if (portion.length < AT_ONCE) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
};

type Listed<T> = { data: T[]; nextCursor: string | null };
const everyOne = async <T>(api: ApiClient, path: string): Promise<T[]> => {
  const all: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Listed<T> = await api.get(`${path}?limit=100${cursor && `&cursor=${cursor}`}`);
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
};

/** What the clinic has, as it tells itself. */
const readClinic = async (api: ApiClient) => {
  const { id: actorId, tenant } = await api.get<{ id: string; tenant: { id: string } }>('/auth/me');
  const services = await everyOne<SeededService & { capacity: number }>(api, '/services');
  const doctors: SeededDoctor[] = [];
  for (const doctor of await everyOne<SeededDoctor>(api, '/doctors')) {
    const { rules } = await api.get<{ rules: SeededHours[] }>(`/doctors/${doctor.id}/availability`);
    doctors.push({ ...doctor, rules });
  }
  const [first, ...others] = services.filter(({ capacity }) => capacity === 1);
  if (!first) throw new Error('The clinic has no service for one patient at a time.');
  return { actorId, tenantId: tenant.id, doctors, services: [first, ...others] as const };
};

/**
 * Fills a clinic that has doctors and services with patients and visits, past and to come, in bulk. What it writes is what
 * booking would have written, without telling anybody: no events, no messages. Figures may know of it all the same. A time that is taken stays with who has it.
 */
export const fillClinic = async (admin: ApiClient, filling: Filling): Promise<void> => {
  const { database, audit, chance, now, onProgress } = filling;
  const clinic = await readClinic(admin);
  const { tenantId, actorId } = clinic;
  const ctx = {
    tenantId,
    userId: actorId,
    role: 'tenant_admin',
    requestId: newId(),
    address: '',
    userAgent: 'seed',
  } as const;

  const record = (tx: Parameters<AuditTrail['record']>[0], action: string, count: number) =>
    audit.record(tx, ctx, { action, resourceType: 'tenant', resourceId: tenantId, changes: { count } });

  const patientIds: string[] = [];
  const people = Array.from({ length: filling.patients }, () => aPerson(chance, now));
  for (const portion of portions(people)) {
    const ids = await database.transaction({ tenantId }, async (tx) => {
      await record(tx, 'patient.loaded', portion.length);
      return loadPatients(tx, portion);
    });
    patientIds.push(...ids);
    onProgress('patients', patientIds.length);
  }

  /** The doctors have worked as they do now for as long as there are visits. */
  const loadHours = async (): Promise<void> => {
    const occurredAt = new Date(now.getTime() - filling.pastDays * DAY_MS);
    const doctorIds = clinic.doctors.map(({ id }) => id);
    await database.transaction({ tenantId }, async (tx) => {
      const hours = await announcedHours(tx, doctorIds, occurredAt);
      loadUntoldEvents(
        tx,
        hours.map((event) => ({ ...event, occurredAt })),
      );
    });
  };
  if (filling.withFigures) await loadHours();

  /** Halves what a taken time refuses, until that one alone is left out. */
  const load = async (visits: readonly LoadedVisit[]): Promise<number> => {
    try {
      await database.transaction({ tenantId }, async (tx) => {
        await record(tx, 'appointment.loaded', visits.length);
        const ids = await loadVisits(tx, visits, now);
        if (!filling.withFigures) return;
        const untold = visits.flatMap((visit, at) => untoldEventsOf(ids[at] ?? '', visit));
        loadUntoldEvents(tx, untold);
      });
      return visits.length;
    } catch (error) {
      if (duplicateKeyOf(error) !== 'PRIMARY') throw error;
      const half = Math.floor(visits.length / 2);
      return half === 0 ? 0 : (await load(visits.slice(0, half))) + (await load(visits.slice(half)));
    }
  };

  const [firstPatient, ...otherPatients] = patientIds;
  if (firstPatient === undefined) return;
  const { appointments: count, pastDays } = filling;
  const plan = { ...clinic, patientIds: [firstPatient, ...otherPatients] as const, now, count, pastDays };
  let loaded = 0;
  for (const portion of portions(planVisits(chance, plan))) {
    loaded += await load(portion);
    onProgress('appointments', loaded);
  }
};
