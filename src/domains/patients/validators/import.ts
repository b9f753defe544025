import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { importFields } from '../models/import-columns.ts';

const MAX_OCTETS = 7 * 1024 * 1024;

export const ImportPatients = z.strictObject({
  csv: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= MAX_OCTETS, 'must have at most 7 MiB')
    .meta({
      description:
        'A CSV text (RFC 4180) of at most 7 MiB with a heading; commas, semicolons or tabs between the cells',
      example: 'firstName,lastName,dateOfBirth\r\nMaria,Curie,1967-11-07\r\n',
    }),
  dryRun: z.boolean().default(true).meta({ description: 'Checks every row, and adds nobody' }),
  delimiter: z
    .enum([',', ';', '\t'])
    .optional()
    .meta({ description: 'Default: told by the heading', example: ',' }),
  mapping: z
    .record(z.string().max(100), z.enum(importFields))
    .default({})
    .meta({ description: 'Which field a heading means, where it is not told by its name', example: {} }),
  duplicates: z
    .enum(['skip', 'create'])
    .default('skip')
    .meta({ description: 'What to do with a row whose patient seems to be there' }),
});
export type ImportPatients = z.output<typeof ImportPatients>;

export const ImportParams = z.object({ id: Id });
