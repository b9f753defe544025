import type { Database } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { newId } from '../../../shared/types/id.ts';
import { type DoctorStatus, doctorStatusChanged } from '../models/doctor.ts';
import {
  findDoctorPresenceToChange,
  type StoredPresence,
  updateDoctorPresence,
} from '../repositories/doctor.repository.ts';

export type DoctorPresenceDeps = { database: Database; outbox: Outbox };
export type DoctorPresence = ReturnType<typeof createDoctorPresence>;

/** What the connections of doctors say of their status. What somebody has set counts while the doctor is there. */
export const createDoctorPresence = ({ database, outbox }: DoctorPresenceDeps) => {
  const change = (
    tenantId: string,
    doctorId: string,
    next: (current: StoredPresence) => StoredPresence | undefined,
  ): Promise<void> =>
    database.transaction({ tenantId }, async (tx) => {
      const current = await findDoctorPresenceToChange(tx, doctorId);
      const presence = current && next(current);
      if (!presence) return;
      await updateDoctorPresence(tx, doctorId, presence);
      await outbox.publish(tx, { requestId: newId() }, doctorStatusChanged(doctorId, presence.status));
    });

  return {
    /** Their last connection is gone, and they have not come back. */
    left: (tenantId: string, doctorId: string): Promise<void> =>
      change(tenantId, doctorId, ({ status }) =>
        status === 'offline' ? undefined : { status: 'offline' as DoctorStatus, statusBeforeAbsence: status },
      ),

    /** They are there again: they are what they were, unless somebody has said otherwise meanwhile. */
    came: (tenantId: string, doctorId: string): Promise<void> =>
      change(tenantId, doctorId, ({ statusBeforeAbsence }) =>
        statusBeforeAbsence === null ? undefined : { status: statusBeforeAbsence, statusBeforeAbsence: null },
      ),
  };
};
