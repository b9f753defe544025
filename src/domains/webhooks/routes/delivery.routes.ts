import { z } from 'zod';
import { pageOf } from '../../../shared/types/page.ts';
import { type Route, route } from '../../../shared/utils/route.ts';
import type { WebhookController } from '../controllers/webhook.controller.ts';
import { Delivery, DeliveryLog } from '../models/delivery.ts';
import { webhookProblems } from '../problems.ts';
import { DeliveryParams, ListDeliveries, RedeliverRange, WebhookParams } from '../validators/webhook.ts';

const { webhook_not_found, delivery_not_found, webhook_inactive } = webhookProblems;

/** Below `/webhooks`: what was sent, and sending it again. */
export const deliveryRoutes = (controller: WebhookController): Route[] => [
  route({
    method: 'post',
    path: '/:id/test',
    summary: 'Send an event that means nothing (webhook.test)',
    description: 'The log of the delivery tells whether it has arrived.',
    access: 'webhooks:write',
    params: WebhookParams,
    response: [202, Delivery],
    problems: [webhook_not_found, webhook_inactive],
    handle: controller.test,
  }),
  route({
    method: 'get',
    path: '/:id/deliveries',
    summary: 'List what was sent and what waits, the newest first',
    access: 'webhooks:read',
    params: WebhookParams,
    query: ListDeliveries,
    response: [200, pageOf(Delivery)],
    problems: [webhook_not_found],
    handle: controller.listDeliveries,
  }),
  route({
    method: 'get',
    path: '/:id/deliveries/:deliveryId',
    summary: 'Get a delivery with what was sent and every answer',
    access: 'webhooks:read',
    params: DeliveryParams,
    response: [200, DeliveryLog],
    problems: [webhook_not_found, delivery_not_found],
    handle: controller.getDelivery,
  }),
  route({
    method: 'post',
    path: '/:id/deliveries/:deliveryId/redeliver',
    summary: 'Send an event again',
    description: 'With the same webhook-id, so that the receiver can tell that it knows it already.',
    access: 'webhooks:write',
    params: DeliveryParams,
    response: [202, Delivery],
    problems: [webhook_not_found, delivery_not_found, webhook_inactive],
    handle: controller.redeliver,
  }),
  route({
    method: 'post',
    path: '/:id/redeliver',
    summary: 'Send everything again that was sent in a span of time',
    access: 'webhooks:write',
    params: WebhookParams,
    body: RedeliverRange,
    response: [202, z.object({ queued: z.int() })],
    problems: [webhook_not_found, webhook_inactive],
    handle: controller.redeliverRange,
  }),
];
