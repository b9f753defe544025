import { ExplainedError } from '../../shared/utils/explained-error.ts';

/** A backup cannot be made, read or restored; the message says why, and what to do. */
export class BackupError extends ExplainedError {}

export const damaged = (what: string, cause?: unknown): BackupError =>
  new BackupError(
    `The backup is damaged or incomplete: ${what}. Nothing has been changed; take another copy of it.`,
    {
      cause,
    },
  );
