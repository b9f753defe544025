import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { yearsAfter } from '../../../shared/time/years.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { type Erasure, type KeptThing, nextDue } from '../models/erasure.ts';
import { patientProblems } from '../problems.ts';
import {
  anonymise,
  countConsents,
  deleteOpenings,
  findPatientToErase,
  isErasureDue,
  listDueErasures,
  writeErasure,
} from '../repositories/erasure.repository.ts';
import { deleteRelations } from '../repositories/guardian.repository.ts';
import { deleteMedicalInfo, hasMedicalInfo } from '../repositories/medical-info.repository.ts';
import { deleteWords } from '../repositories/patient-search.repository.ts';
import type { Accounts } from './accounts.ts';
import type { Visits } from './visits.ts';

export type RetentionYears = { readonly appointments: number; readonly medicalRecords: number };

export type ErasureDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  visits: Pick<Visits, 'leave' | 'forget'>;
  accounts: Accounts;
  retentionOf: (tenantId: string) => Promise<RetentionYears>;
  notes: {
    count(db: Db, patientId: string): Promise<number>;
    /** Removes all of the patient, with their files. How many there were. */
    forget(tx: Tx, ctx: Actor, patientId: string): Promise<number>;
  };
};
export type ErasureService = ReturnType<typeof createErasureService>;
type Actor = TenantCtx & Pick<Ctx, 'userId'> & Partial<Pick<Ctx, 'role'>>;

const AT_ONCE = 50;
const LAW = (years: number) => `The clinic has to keep it for ${years} years after the last visit`;

/** Forgets a patient as far as the law lets a clinic forget. */
export const createErasureService = (deps: ErasureDeps) => {
  const { database, audit, outbox, clock, logger, visits, accounts, retentionOf, notes } = deps;

  /** Lets go of what has been kept for long enough. What is left, and what is gone. */
  const letGo = async (tx: Tx, ctx: Actor, patientId: string, years: RetentionYears) => {
    const now = clock.now();
    const visited = await visits.forget(tx, patientId, yearsAfter(now, -years.appointments));
    const kept: KeptThing[] = [];
    const erased: Erasure['erased'] = visited.erased > 0 ? ['appointment_notes'] : [];
    if (visited.kept > 0 && visited.lastEnd) {
      const until = yearsAfter(visited.lastEnd, years.appointments);
      kept.push({ what: 'appointments', count: visited.kept, why: LAW(years.appointments), until });
    }
    const until = visited.lastEnd && yearsAfter(visited.lastEnd, years.medicalRecords);
    const record = { why: LAW(years.medicalRecords), until };
    if (await hasMedicalInfo(tx, patientId)) {
      if (until && until > now) kept.push({ what: 'medical_info', count: 1, ...record });
      else {
        await deleteMedicalInfo(tx, patientId);
        erased.push('medical_info');
      }
    }
    if (until && until > now) {
      const count = await notes.count(tx, patientId);
      if (count > 0) kept.push({ what: 'medical_notes', count, ...record });
    } else if ((await notes.forget(tx, ctx, patientId)) > 0) erased.push('medical_notes');
    return { kept, erased };
  };

  const forGood = async (tx: Tx, patientId: string): Promise<KeptThing[]> => {
    const consents = await countConsents(tx, patientId);
    const proof = 'It proves what was agreed to, and names nobody';
    return [
      ...(consents > 0 ? [{ what: 'consents' as const, count: consents, why: proof, until: null }] : []),
      {
        what: 'medical_record_number',
        count: 1,
        why: 'It is never given to anybody else, and names nobody',
        until: null,
      },
      {
        what: 'audit_trail',
        count: 1,
        why: 'Who read and changed records has to stay provable',
        until: null,
      },
    ];
  };

  const settle = async (tx: Tx, ctx: Actor, patientId: string, erasedAt: Date) => {
    const { kept, erased } = await letGo(tx, ctx, patientId, await retentionOf(ctx.tenantId));
    const dueAt = nextDue(kept, clock.now());
    await writeErasure(tx, { patientId, by: ctx.userId, at: erasedAt, dueAt });
    await audit.record(tx, ctx, {
      action: 'patient.erased',
      resourceType: 'patient',
      resourceId: patientId,
      changes: { erased, kept: kept.map(({ what }) => what) },
    });
    return { kept, erased };
  };

  const erase = async (tx: Tx, ctx: Ctx, id: string): Promise<{ report: Erasure; ended: string[] }> => {
    const patient = await findPatientToErase(tx, id);
    if (!patient) throw new AppError(patientProblems.patient_not_found);
    const erasedAt = patient.erasedAt ?? clock.now();
    const cancelledAppointments = await visits.leave(tx, ctx, id);
    const ended = patient.userId === null ? [] : await accounts.close(tx, ctx, patient.userId);
    await deleteRelations(tx, id);
    await deleteOpenings(tx, id);
    await deleteWords(tx, id);
    await anonymise(tx, id, clock.now());
    const { kept, erased } = await settle(tx, ctx, id, erasedAt);
    if (!patient.erasedAt) {
      await outbox.publish(tx, ctx, { type: 'patient.erased', payload: { patientId: id } });
    }
    const report: Erasure = {
      patientId: id,
      erasedAt,
      cancelledAppointments,
      erased: ['profile', 'account', 'guardians', 'waitlist', ...erased],
      kept: [...kept, ...(await forGood(tx, id))],
    };
    return { report, ended };
  };

  return {
    /** May be asked again: the report then tells what is kept by that time. */
    erase: async (ctx: Ctx, id: string): Promise<Erasure> => {
      const { report, ended } = await database.transaction(ctx, (tx) => erase(tx, ctx, id));
      await accounts.haveEnded(ctx.tenantId, ended);
      return report;
    },

    /** Lets go of what was kept of those who were erased, when its time has come. */
    sweep: async (): Promise<void> => {
      const now = clock.now();
      for (const { tenantId, patientId, erasedBy } of await listDueErasures(database.system, now, AT_ONCE)) {
        const ctx = { tenantId, userId: erasedBy, requestId: newId(), address: '', userAgent: 'retention' };
        try {
          await database.transaction({ tenantId }, async (tx) => {
            const patient = await findPatientToErase(tx, patientId);
            if (!patient?.erasedAt || !(await isErasureDue(tx, patientId, now))) return;
            await settle(tx, ctx, patientId, patient.erasedAt);
          });
        } catch (error) {
          logger.warn(
            { err: error, tenantId, patientId },
            'An erasure could not go on; it will be tried again',
          );
        }
      }
    },
  };
};
