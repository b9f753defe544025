import type { Db } from '../database/db.ts';
import type { AnalyticsDeps } from '../domains/analytics/index.ts';
import type { AuthPort } from '../domains/auth/index.ts';
import type { DoctorsPort } from '../domains/doctors/index.ts';
import type { FindVisit, Treats } from '../domains/medical-notes/index.ts';
import type { UsersPort, VisitsPort, VisitZones } from '../domains/notifications/index.ts';
import type { PatientsPort } from '../domains/patients/index.ts';
import type { TenantsPort } from '../domains/tenants/index.ts';

/** What the core offers to the domains that can be parted from it, and to whoever asks who is calling. */
export type Core = {
  readonly tenants: TenantsPort;
  readonly auth: Pick<AuthPort, 'authenticate'>;
  readonly patients: Pick<PatientsPort, 'find'>;
  readonly doctors: Pick<DoctorsPort, 'visitNames' | 'userOfDoctor'> & VisitZones;
  readonly users: UsersPort;
  readonly visits: VisitsPort;
  readonly treats: Treats;
  readonly findVisit: FindVisit;
  readonly localStartOf: (db: Db, appointmentId: string) => Promise<string | undefined>;
  readonly lastVisitEndOf: (db: Db, patientId: string) => Promise<Date | null>;
  readonly tenantsWithEvents: () => Promise<string[]>;
} & Pick<AnalyticsDeps, 'eventsOf' | 'announceHours'>;
