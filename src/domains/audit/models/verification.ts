import { z } from 'zod';
import { Instant } from '../../../shared/types/instant.ts';

/** What is wrong with a batch, as far as it can be told from what is left. */
export const Fault = z
  .object({
    batch: z.int().meta({ description: 'The first batch that is not as it was sealed' }),
    kind: z.enum([
      'row_changed',
      'row_removed',
      'row_put_in',
      'batch_changed',
      'batch_removed',
      'not_as_anchored',
      'archive_damaged',
    ]),
    detail: z.string(),
  })
  .meta({ id: 'AuditFault' });
export type Fault = z.output<typeof Fault>;

/** Whether the trail of a clinic is as it was written. */
export const Verification = z
  .object({
    valid: z.boolean(),
    fault: Fault.nullable(),
    batches: z.int().meta({ description: 'How many batches were looked at' }),
    rows: z.int().meta({ description: 'How many rows are in them, without those in archives' }),
    archivedBatches: z.int().meta({ description: 'Batches of which the rows are in archives' }),
    unsealedRows: z.int().meta({ description: 'Rows of the last seconds, which are in no batch yet' }),
    head: z
      .object({ batch: z.int(), hash: z.string(), sealedAt: Instant })
      .nullable()
      .meta({ description: 'The last batch; its hash stands for all before it' }),
    verifiedAt: Instant,
  })
  .meta({ id: 'AuditVerification' });
export type Verification = z.output<typeof Verification>;
