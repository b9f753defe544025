import type { DoctorsPort } from '../../doctors/index.ts';
import type { ExportSource } from '../../patients/index.ts';
import {
  listHistoryToExport,
  listVisitsToExport,
  listWaitlistToExport,
} from '../repositories/visit-export.repository.ts';

const idsOf = (rows: readonly Record<string, unknown>[], field: string): string[] => [
  ...new Set(rows.flatMap((row) => (typeof row[field] === 'string' ? [row[field]] : []))),
];

/** A patient's visits and waits, with the names that people know doctors, services and places by, for an export. */
export const createVisitExport =
  ({ doctors }: { doctors: Pick<DoctorsPort, 'visitNames'> }): ExportSource =>
  async (tx, _ctx, { id }) => {
    const visits = await listVisitsToExport(tx, id);
    const names = await doctors.visitNames(tx, {
      doctorIds: idsOf(visits, 'doctorId'),
      serviceIds: idsOf(visits, 'serviceId'),
      locationIds: idsOf(visits, 'locationId'),
    });
    const named = visits.map((visit) => ({
      ...visit,
      doctor: names.doctors.get(visit.doctorId),
      service: names.services.get(visit.serviceId),
      location: names.locations.get(visit.locationId ?? '') ?? null,
    }));
    return {
      fields: {
        appointments: named,
        appointmentHistory: await listHistoryToExport(tx, id),
        waitlist: await listWaitlistToExport(tx, id),
      },
    };
  };
