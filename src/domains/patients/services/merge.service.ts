import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import { joined, type MedicalInfo } from '../models/medical-info.ts';
import { filledUp, type MergeConflict } from '../models/merge.ts';
import type { Patient } from '../models/patient.ts';
import { patientProblems } from '../problems.ts';
import { moveConsents } from '../repositories/consent.repository.ts';
import { moveRelations } from '../repositories/guardian.repository.ts';
import {
  deleteMedicalInfo,
  findMedicalInfoToChange,
  writeMedicalInfo,
} from '../repositories/medical-info.repository.ts';
import { moveOpenings } from '../repositories/opening.repository.ts';
import { deleteWords, writeWords } from '../repositories/patient-search.repository.ts';
import {
  findPatientToChange,
  markMerged,
  updatePatient,
  updateUserOfPatient,
} from '../repositories/patient.repository.ts';
import type { Accounts } from './accounts.ts';
import type { Upcoming, Visits } from './visits.ts';

type Pair = { readonly from: string; readonly to: string };
/** Moves what another domain keeps of a patient, in the transaction of the merge. */
export type MovePatient = (tx: Tx, ctx: Ctx, patients: Pair) => Promise<void>;

export type MergeDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  keyring: Keyring;
  visits: Pick<Visits, 'upcomingOf' | 'move'>;
  accounts: Accounts;
  movers: readonly MovePatient[];
};
export type MergeService = ReturnType<typeof createMergeService>;

const overlap = (a: Upcoming, b: Upcoming): boolean => a.startsAt < b.endsAt && b.startsAt < a.endsAt;

/** Makes one record of two that are of the same person. */
export const createMergeService = (deps: MergeDeps) => {
  const { database, audit, outbox, clock, keyring, visits, accounts, movers } = deps;

  /** Both locked, in one order for all who merge. */
  const lockBoth = async (tx: Tx, { from, to }: Pair): Promise<{ survivor: Patient; duplicate: Patient }> => {
    const found = new Map<string, Patient | undefined>();
    for (const id of [from, to].sort()) found.set(id, await findPatientToChange(tx, id));
    const [survivor, duplicate] = [found.get(to), found.get(from)];
    if (!survivor) throw new AppError(patientProblems.patient_not_found);
    if (!duplicate)
      throw new AppError(patientProblems.patient_not_found, 'The duplicate is not a patient here.');
    return { survivor, duplicate };
  };

  const busyTwice = async (tx: Tx, { from, to }: Pair): Promise<MergeConflict[]> => {
    const now = clock.now();
    const [ours, theirs] = [await visits.upcomingOf(tx, to, now), await visits.upcomingOf(tx, from, now)];
    return theirs.flatMap((b) =>
      ours
        .filter((a) => overlap(a, b))
        .map((a) => ({ kind: 'appointments' as const, appointmentId: a.id, duplicateAppointmentId: b.id })),
    );
  };

  const moveMedicalInfo = async (tx: Tx, ctx: Ctx, { from, to }: Pair): Promise<MergeConflict[]> => {
    const theirs = await findMedicalInfoToChange(tx, keyring, from);
    if (!theirs) return [];
    const ours = await findMedicalInfoToChange(tx, keyring, to);
    const both = ours ? joined(contentOf(ours), contentOf(theirs)) : contentOf(theirs);
    if (!both) return [{ kind: 'blood_type' }];
    const version = Math.max(ours?.version ?? 0, theirs.version) + 1;
    await writeMedicalInfo(tx, keyring, {
      ...both,
      patientId: to,
      version,
      updatedAt: clock.now(),
      updatedBy: ctx.userId,
    });
    await deleteMedicalInfo(tx, from);
    return [];
  };

  /** The survivor keeps its account, or gets the duplicate's. A second account of one person is closed. */
  const settleAccounts = async (
    tx: Tx,
    ctx: Ctx,
    survivor: Patient,
    duplicate: Patient,
  ): Promise<string[]> => {
    if (duplicate.userId === null) return [];
    await updateUserOfPatient(tx, duplicate.id, null);
    if (survivor.userId !== null) return accounts.close(tx, ctx, duplicate.userId);
    await updateUserOfPatient(tx, survivor.id, duplicate.userId);
    return accounts.endSessions(tx, ctx, duplicate.userId);
  };

  const merge = async (tx: Tx, ctx: Ctx, pair: Pair, ifMatch: number | undefined) => {
    const { survivor, duplicate } = await lockBoth(tx, pair);
    demandVersion(survivor, ifMatch);
    const conflicts = [...(await busyTwice(tx, pair)), ...(await moveMedicalInfo(tx, ctx, pair))];
    if (conflicts.length > 0) {
      throw new AppError(patientProblems.merge_conflict, undefined, { extensions: { conflicts } });
    }
    const ended = await settleAccounts(tx, ctx, survivor, duplicate);
    await visits.move(tx, pair, clock.now());
    await moveRelations(tx, pair);
    await moveConsents(tx, pair);
    await moveOpenings(tx, pair);
    for (const move of movers) await move(tx, ctx, pair);
    const userId = survivor.userId ?? duplicate.userId;
    const merged = { ...nextVersion(survivor, filledUp(survivor, duplicate), clock.now()), userId };
    await updatePatient(tx, merged);
    await deleteWords(tx, pair.from);
    await writeWords(tx, merged);
    await markMerged(tx, pair, clock.now());
    await writeDown(tx, ctx, pair);
    return { merged, ended };
  };

  const writeDown = async (tx: Tx, ctx: Ctx, { from, to }: Pair) => {
    const payload = { patientId: to, duplicateId: from };
    await audit.record(tx, ctx, {
      action: 'patient.merged',
      resourceType: 'patient',
      resourceId: to,
      changes: { duplicateId: from },
    });
    await outbox.publish(tx, ctx, { type: 'patient.merged', payload });
  };

  return {
    /**
     * Everything of the duplicate goes to the patient, in one transaction; its id leads there from then on. 409
     * `merge_conflict` where both are to be at two places at once, or their blood types differ: nothing is changed then.
     */
    merge: async (
      ctx: Ctx,
      id: string,
      duplicateId: string,
      ifMatch: number | undefined,
    ): Promise<Patient> => {
      if (id === duplicateId) throw invalid('/duplicateId', 'must be another patient');
      const pair = { from: duplicateId, to: id };
      const { merged, ended } = await database.transaction(ctx, (tx) => merge(tx, ctx, pair, ifMatch));
      await accounts.haveEnded(ctx.tenantId, ended);
      return merged;
    },
  };
};

const contentOf = ({ bloodType, allergies, conditions, medications }: MedicalInfo) => ({
  bloodType,
  allergies,
  conditions,
  medications,
});
