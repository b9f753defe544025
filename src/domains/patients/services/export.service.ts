import { createHash } from 'node:crypto';
import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { opens } from '../../../shared/config/permissions.ts';
import type { ZipEntry } from '../../../shared/files/zip-stream.ts';
import { zipStream } from '../../../shared/files/zip-stream.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Download } from '../../../shared/types/file.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { jsonStream } from '../../../shared/utils/json-stream.ts';
import { type ExportPart, type ManifestEntry, NOT_PERMITTED } from '../models/export.ts';
import type { Patient } from '../models/patient.ts';
import { findMedicalInfo } from '../repositories/medical-info.repository.ts';
import type { PatientAccess } from './patient-access.ts';
import { createRecordExport } from './record-export.ts';
import type { OpeningService } from './opening.service.ts';

/**
 * What another domain knows of the patient. Asked in the transaction that records the export; what it hands out as
 * iterables is read after it.
 */
export type ExportSource = (tx: Tx, ctx: Ctx, patient: Patient) => Promise<ExportPart>;

export type ExportDeps = {
  database: Database;
  keyring: Keyring;
  clock: Clock;
  access: PatientAccess;
  openings: OpeningService;
  exportSources: readonly ExportSource[];
};
export type ExportService = ReturnType<typeof createExportService>;

/** Everything that is known of a patient, as a ZIP archive, as far as the caller may read it. */
export const createExportService = (deps: ExportDeps) => {
  const { database, keyring, clock, access, exportSources } = deps;
  const recordOf = createRecordExport(deps);

  const medicalInfoOf = async (db: Db, ctx: Ctx, { id }: Patient): Promise<ExportPart> => {
    if (!opens(ctx.permissions, 'medical_info:read'))
      return { leftOut: [{ what: 'medicalInfo', why: NOT_PERMITTED }] };
    return { fields: { medicalInfo: (await findMedicalInfo(db, keyring, id)) ?? null } };
  };

  /** The files in their order, and at the end the manifest, which tells how to check them. */
  async function* filesOf(
    ctx: Ctx,
    patient: Patient,
    parts: readonly ExportPart[],
  ): AsyncGenerator<ZipEntry> {
    const manifest: ManifestEntry[] = [];
    const fields = joined([{ patient }, ...parts.map((part) => part.fields ?? {})]);
    yield listed({ path: 'patient.json', content: jsonStream(fields) }, manifest);
    for (const { files } of parts) {
      if (!files) continue;
      for await (const file of files()) yield listed(file, manifest);
    }
    const about = {
      format: 1,
      patientId: patient.id,
      medicalRecordNumber: patient.medicalRecordNumber,
      exportedAt: clock.now(),
      exportedBy: ctx.userId,
      requestId: ctx.requestId,
      leftOut: parts.flatMap(({ leftOut = [] }) => leftOut),
      files: manifest,
    };
    yield { path: 'manifest.json', content: jsonStream(about) };
  }

  return {
    /** 403 for a record that is open in an emergency only: then it is read, not carried away. */
    export: async (ctx: Ctx, id: string): Promise<Download> => {
      const { patient, parts } = await database.transaction(ctx, async (tx) => {
        const seen = await access.demand(tx, ctx, id);
        if (seen.right === 'break_glass')
          throw new AppError(commonProblems.forbidden, 'A record opened in an emergency cannot be exported.');
        const known = [await recordOf(tx, ctx, seen.patient), await medicalInfoOf(tx, ctx, seen.patient)];
        for (const source of exportSources) known.push(await source(tx, ctx, seen.patient));
        await access.note(tx, ctx, seen, 'patient.exported', joined(known.map(auditedOf)));
        return { patient: seen.patient, parts: known };
      });
      return {
        name: `patient-${patient.medicalRecordNumber}.zip`,
        mediaType: 'application/zip',
        tag: newId(),
        open: () => Promise.resolve(zipStream(filesOf(ctx, patient, parts), clock.now())),
      };
    },
  };
};

type Fields = Readonly<Record<string, unknown>>;
const joined = (parts: readonly Fields[]): Fields => parts.reduce((all, part) => ({ ...all, ...part }), {});

const auditedOf = ({ fields = {}, audited = {} }: ExportPart): Fields => ({
  ...('medicalInfo' in fields && { medicalInfo: true }),
  ...audited,
});

/** The same file; when all of it has been read, `manifest` has its line. */
const listed = ({ path, content }: ZipEntry, manifest: ManifestEntry[]): ZipEntry => {
  const measured = async function* () {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    manifest.push({ path, bytes, sha256: hash.digest('hex') });
  };
  return { path, content: measured() };
};
