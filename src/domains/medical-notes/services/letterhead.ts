import type { Db } from '../../../database/db.ts';
import type { DoctorsPort } from '../../doctors/index.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import type { StoredNote } from '../models/note.ts';
import type { Letterhead } from './printed-note.ts';

export type LetterheadDeps = {
  tenants: Pick<TenantsPort, 'findById'>;
  patients: Pick<PatientsPort, 'find'>;
  doctors: Pick<DoctorsPort, 'visitNames'>;
  /** The wall clock of a visit, whoever asks. */
  localStartOf: (db: Db, appointmentId: string) => Promise<string | undefined>;
};

type Named = Pick<StoredNote, 'patientId' | 'doctorId' | 'appointmentId'>;

/** Who is named on a printed note. */
export const createLetterheads =
  ({ tenants, patients, doctors, localStartOf }: LetterheadDeps) =>
  async (db: Db, { patientId, doctorId, appointmentId }: Named): Promise<Letterhead> => {
    const patient = await patients.find(db, patientId);
    const names = await doctors.visitNames(db, { doctorIds: [doctorId], serviceIds: [], locationIds: [] });
    return {
      clinic: (await tenants.findById(db.tenantId))?.name ?? '',
      doctor: names.doctors.get(doctorId) ?? '',
      patient: patient
        ? `${patient.firstName} ${patient.lastName}, ${patient.dateOfBirth ?? 'date of birth unknown'}, ${patient.medicalRecordNumber}`
        : '',
      visitAt: (await localStartOf(db, appointmentId)) ?? '',
    };
  };
