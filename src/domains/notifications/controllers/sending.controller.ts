import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { DeliveryService } from '../services/delivery.service.ts';
import type { SomeWords, TemplateService } from '../services/template.service.ts';
import type { TestSend } from '../services/test-send.service.ts';
import type { ListDeliveries } from '../validators/delivery.ts';
import type { SaveTemplate } from '../validators/template.ts';

type Key = { params: { key: string } };
type Change = { ifMatch: number | undefined };

/** What administrators do with the words of messages, and with what was sent. */
export const createSendingController = (
  templates: TemplateService,
  deliveries: DeliveryService,
  testSend: TestSend,
) => ({
  listTemplates: (ctx: Ctx, { query }: { query: PageQuery }) => templates.list(ctx, query),
  getTemplate: (ctx: Ctx, { params }: Key) => templates.get(ctx, params.key),
  saveTemplate: (ctx: Ctx, { params, body, ifMatch }: Key & Change & { body: SaveTemplate }) =>
    templates.save(ctx, params.key, body, ifMatch),
  resetTemplate: (ctx: Ctx, { params, ifMatch }: Key & Change) => templates.reset(ctx, params.key, ifMatch),
  previewTemplate: (ctx: Ctx, { params, body }: Key & { body: SomeWords | undefined }) =>
    templates.preview(ctx, params.key, body),
  testTemplate: (ctx: Ctx, { params }: Key) => testSend(ctx, params.key),
  listDeliveries: (ctx: Ctx, { query }: { query: ListDeliveries }) => deliveries.list(ctx, query),
  getDelivery: (ctx: Ctx, { params }: { params: { id: string } }) => deliveries.get(ctx, params.id),
  retryDelivery: (ctx: Ctx, { params }: { params: { id: string } }) => deliveries.retry(ctx, params.id),
});
export type SendingController = ReturnType<typeof createSendingController>;
