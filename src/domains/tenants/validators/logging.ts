import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { LogLevel } from '../../../shared/utils/log-control.ts';

const A_DAY_MINUTES = 24 * 60;

export const ChangeLogging = z.strictObject({
  level: LogLevel.optional().meta({
    description: 'For everybody; left out: as configured',
    example: 'debug',
  }),
  tenantIds: z
    .array(Id)
    .max(50)
    .default([])
    .meta({ description: 'Clinics of which everything is logged, whatever the level' }),
  minutes: z.int().min(1).max(A_DAY_MINUTES).default(60).meta({ description: 'For how long', example: 30 }),
});
export type ChangeLogging = z.output<typeof ChangeLogging>;
