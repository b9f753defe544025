import type { Ctx } from '../../../shared/types/context.ts';
import type { LoggingService } from '../services/logging.service.ts';
import type { ChangeLogging } from '../validators/logging.ts';

export const createLoggingController = (logging: LoggingService) => ({
  get: () => Promise.resolve(logging.get()),
  change: (ctx: Ctx, { body }: { body: ChangeLogging }) => logging.change(ctx, body),
  reset: (ctx: Ctx) => logging.reset(ctx),
});
export type LoggingController = ReturnType<typeof createLoggingController>;
