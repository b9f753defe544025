import type { Ctx, RequestCtx } from '../../../shared/types/context.ts';
import type { IncomingFile } from '../../../shared/types/file.ts';
import type { AttachmentService } from '../services/attachment.service.ts';
import type { PrintService } from '../services/print.service.ts';

type OfNote = { params: { id: string } };
type One = { params: { id: string; attachmentId: string } };

export const createAttachmentController = (attachments: AttachmentService, prints: PrintService) => ({
  add: (ctx: Ctx, { params, file }: OfNote & { file: IncomingFile }) => attachments.add(ctx, params.id, file),
  list: (ctx: Ctx, { params }: OfNote) => attachments.list(ctx, params.id),
  get: (ctx: Ctx, { params }: One) => attachments.get(ctx, params.id, params.attachmentId),
  remove: (ctx: Ctx, { params }: One) => attachments.remove(ctx, params.id, params.attachmentId),
  download: (ctx: RequestCtx, { params }: { params: { secret: string } }) =>
    attachments.download(ctx, params.secret),
  print: (ctx: Ctx, { params }: OfNote) => prints.print(ctx, params.id),
});
export type AttachmentController = ReturnType<typeof createAttachmentController>;
