import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { LogLevel } from '../../../shared/utils/log-control.ts';

/** What the processes of the installation write to their logs. */
export const Logging = z
  .object({
    configuredLevel: LogLevel.meta({ description: 'LOG_LEVEL', example: 'info' }),
    level: LogLevel.meta({ description: 'What holds now', example: 'debug' }),
    tenantIds: z.array(Id).meta({ description: 'Clinics of which everything is logged, whatever the level' }),
    until: Instant.nullable().meta({ description: 'When it is as configured again; null: it is' }),
  })
  .meta({ id: 'Logging' });
export type Logging = z.output<typeof Logging>;
