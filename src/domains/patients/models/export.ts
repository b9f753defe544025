import type { ZipEntry } from '../../../shared/files/zip-stream.ts';

/** What one part of the product knows of a patient, as far as the caller may read it. */
export type ExportPart = {
  /** Fields of `patient.json`; what is many may be an asynchronous iterable, which is read as it is written. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Beside `patient.json`. */
  readonly files?: () => AsyncIterable<ZipEntry>;
  /** What is known and not handed out to the caller, with the reason. */
  readonly leftOut?: readonly LeftOut[];
  /** What the audit trail keeps of it: ids and numbers. */
  readonly audited?: Readonly<Record<string, unknown>>;
};
export type LeftOut = { readonly what: string; readonly why: string };

/** How a file of an export can be checked. */
export type ManifestEntry = { readonly path: string; readonly bytes: number; readonly sha256: string };

export const NOT_PERMITTED = 'Your role does not read it';
