import type { Ctx } from '../../../shared/types/context.ts';
import type { ImportService } from '../services/import.service.ts';
import type { ImportPatients } from '../validators/import.ts';

export const createImportController = (imports: ImportService) => ({
  start: (ctx: Ctx, { body }: { body: ImportPatients }) => imports.start(ctx, body),
  get: (ctx: Ctx, { params }: { params: { id: string } }) => imports.get(ctx, params.id),
});
export type ImportController = ReturnType<typeof createImportController>;
