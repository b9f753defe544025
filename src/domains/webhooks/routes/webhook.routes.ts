import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { WebhookController } from '../controllers/webhook.controller.ts';
import { Webhook, WebhookWithSecret } from '../models/webhook.ts';
import { webhookProblems } from '../problems.ts';
import { ListWebhooks, WebhookParams, type WebhookValidators } from '../validators/webhook.ts';
import { deliveryRoutes } from './delivery.routes.ts';

const { webhook_not_found, webhook_limit_reached } = webhookProblems;
const { version_conflict } = commonProblems;

export const webhookRoutes = (
  controller: WebhookController,
  { CreateWebhook, UpdateWebhook }: WebhookValidators,
): RouteGroup => {
  const change = (method: 'patch' | 'put') =>
    route({
      method,
      path: '/:id',
      summary: 'Change a webhook; fields that are not given stay as they are',
      description:
        'Switching on a webhook that was switched off sends what has waited. Events that happened meanwhile are not sent; GET /events has them.',
      access: 'webhooks:write',
      params: WebhookParams,
      body: UpdateWebhook,
      response: [200, Webhook],
      problems: [webhook_not_found, version_conflict],
      handle: controller.update,
    });
  return {
    tag: 'Webhooks',
    base: '/webhooks',
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: 'Have events sent to an address',
        description:
          'Messages are signed as the Standard Webhooks specification says. The secret is in this answer and never in another. Each webhook gets its events one after the other, in their order; one that does not arrive is tried again for three days.',
        access: 'webhooks:write',
        body: CreateWebhook,
        response: [201, WebhookWithSecret],
        problems: [webhook_limit_reached],
        handle: controller.create,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'List the webhooks',
        access: 'webhooks:read',
        query: ListWebhooks,
        response: [200, pageOf(Webhook)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: 'Get a webhook',
        access: 'webhooks:read',
        params: WebhookParams,
        response: [200, Webhook],
        problems: [webhook_not_found],
        handle: controller.get,
      }),
      change('patch'),
      change('put'),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Remove a webhook; what waits is not sent',
        access: 'webhooks:write',
        params: WebhookParams,
        response: [204],
        problems: [webhook_not_found, version_conflict],
        handle: controller.remove,
      }),
      route({
        method: 'post',
        path: '/:id/rotate-secret',
        summary: 'Get a new secret; for a day, messages are signed with both',
        access: 'webhooks:write',
        params: WebhookParams,
        response: [200, WebhookWithSecret],
        problems: [webhook_not_found, version_conflict],
        handle: controller.rotateSecret,
      }),
      ...deliveryRoutes(controller),
    ],
  };
};
