import { isDeepStrictEqual } from 'node:util';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import { type MedicalInfo, noMedicalInfo } from '../models/medical-info.ts';
import {
  findMedicalInfo,
  findMedicalInfoToChange,
  writeMedicalInfo,
} from '../repositories/medical-info.repository.ts';
import type { WriteMedicalInfo } from '../validators/medical-info.ts';
import type { PatientAccess } from './patient-access.ts';

export type MedicalInfoDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  keyring: Keyring;
  access: PatientAccess;
};
export type MedicalInfoService = ReturnType<typeof createMedicalInfoService>;

/** Neither its fields nor their values reach an audit row or an event: only that it was read or written. */
export const createMedicalInfoService = (deps: MedicalInfoDeps) => {
  const { database, audit, outbox, clock, keyring, access } = deps;
  return {
    read: (ctx: Ctx, id: string): Promise<MedicalInfo> =>
      database.transaction(ctx, async (tx) => {
        const seen = await access.demand(tx, ctx, id);
        await access.note(tx, ctx, seen, 'patient.medical_info_viewed');
        return (await findMedicalInfo(tx, keyring, id)) ?? noMedicalInfo(id);
      }),

    /** Replaces it as a whole: what is not given is none. A record opened in an emergency is for reading only. */
    write: (
      ctx: Ctx,
      id: string,
      content: WriteMedicalInfo,
      ifMatch: number | undefined,
    ): Promise<MedicalInfo> =>
      database.transaction(ctx, async (tx) => {
        const { right } = await access.demandToChange(tx, ctx, id);
        if (right === 'break_glass') {
          throw new AppError(commonProblems.forbidden, 'A record opened in an emergency can be read only.');
        }
        const current = (await findMedicalInfoToChange(tx, keyring, id)) ?? noMedicalInfo(id);
        demandVersion(current, ifMatch);
        const info: MedicalInfo = {
          ...content,
          patientId: id,
          version: current.version + 1,
          updatedAt: clock.now(),
          updatedBy: ctx.userId,
        };
        await writeMedicalInfo(tx, keyring, info);
        await audit.record(tx, ctx, {
          action: 'patient.medical_info_changed',
          resourceType: 'patient',
          resourceId: id,
          changes: { fields: changedFields(current, content) },
        });
        await outbox.publish(tx, ctx, { type: 'patient.medical_info_changed', payload: { patientId: id } });
        return info;
      }),
  };
};

/** Their names, and nothing of what they say. */
const changedFields = (before: WriteMedicalInfo, after: WriteMedicalInfo): string[] =>
  (Object.keys(after) as (keyof WriteMedicalInfo)[]).filter(
    (name) => !isDeepStrictEqual(after[name], before[name]),
  );
