import type { Ctx } from '../../../shared/types/context.ts';
import type { ClosureImportService } from '../services/closure-import.service.ts';
import type { ImportClosures } from '../validators/closure-import.ts';

export const createClosureImportController = (imports: ClosureImportService) => ({
  import: (ctx: Ctx, { body }: { body: ImportClosures }) => imports.import(ctx, body),
});
export type ClosureImportController = ReturnType<typeof createClosureImportController>;
