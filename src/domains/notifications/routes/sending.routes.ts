import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { SendingController } from '../controllers/sending.controller.ts';
import { Delivery } from '../models/delivery.ts';
import { PreviewedMessage, Template } from '../models/template.ts';
import { notificationProblems } from '../problems.ts';
import { ListDeliveries } from '../validators/delivery.ts';
import { NotificationParams } from '../validators/notification.ts';
import { PreviewTemplate, SaveTemplate, TemplateParams } from '../validators/template.ts';

const { template_not_found, channel_not_available, not_reachable } = notificationProblems;
const { delivery_not_found, delivery_not_failed } = notificationProblems;
const { version_conflict } = commonProblems;

const templates = (controller: SendingController) => [
  route({
    method: 'get',
    path: '/templates',
    summary: 'List the words of all messages, by kind, channel and language',
    access: 'notifications:manage',
    query: PageQuery,
    response: [200, pageOf(Template)],
    handle: controller.listTemplates,
  }),
  route({
    method: 'get',
    path: '/templates/:key',
    summary: 'Get the words of one message; the product’s where the clinic has none of its own',
    access: 'notifications:manage',
    params: TemplateParams,
    response: [200, Template],
    problems: [template_not_found],
    handle: controller.getTemplate,
  }),
  route({
    method: 'put',
    path: '/templates/:key',
    summary: 'Use the clinic’s own words for a message',
    description:
      '{{name}} stands for a value, {{#name}}…{{/name}} shows what is between where there is one, {{^name}}…{{/name}} where there is none. titleVariables and bodyVariables list the names. Any language may be added. In a mail, a line “Words: https://…” becomes a button.',
    access: 'notifications:manage',
    params: TemplateParams,
    body: SaveTemplate,
    response: [200, Template],
    problems: [template_not_found, version_conflict],
    handle: controller.saveTemplate,
  }),
  route({
    method: 'delete',
    path: '/templates/:key',
    summary: 'Go back to the product’s words',
    access: 'notifications:manage',
    params: TemplateParams,
    response: [204],
    problems: [template_not_found, version_conflict],
    handle: controller.resetTemplate,
  }),
  route({
    method: 'post',
    path: '/templates/:key/preview',
    summary: 'See a message with an example; words that are not given are those in use',
    access: 'notifications:manage',
    params: TemplateParams,
    body: PreviewTemplate.optional(),
    response: [200, PreviewedMessage],
    problems: [template_not_found],
    handle: controller.previewTemplate,
  }),
  route({
    method: 'post',
    path: '/templates/:key/test',
    summary: 'Send a message with an example to oneself',
    access: 'notifications:manage',
    params: TemplateParams,
    response: [202, Delivery],
    problems: [template_not_found, channel_not_available, not_reachable],
    handle: controller.testTemplate,
  }),
];

const deliveries = (controller: SendingController) => [
  route({
    method: 'get',
    path: '/deliveries',
    summary: 'List what was sent, newest first; status failed are the dead letters',
    access: 'notifications:manage',
    query: ListDeliveries,
    response: [200, pageOf(Delivery)],
    handle: controller.listDeliveries,
  }),
  route({
    method: 'get',
    path: '/deliveries/:id',
    summary: 'Get what became of one message',
    access: 'notifications:manage',
    params: NotificationParams,
    response: [200, Delivery],
    problems: [delivery_not_found],
    handle: controller.getDelivery,
  }),
  route({
    method: 'post',
    path: '/deliveries/:id/retry',
    summary: 'Send a message that has failed again',
    description:
      'With the problem outcome_unknown it may have arrived: the sender ended before the provider answered.',
    access: 'notifications:manage',
    params: NotificationParams,
    response: [200, Delivery],
    problems: [delivery_not_found, delivery_not_failed],
    handle: controller.retryDelivery,
  }),
];

export const sendingRoutes = (controller: SendingController): RouteGroup => ({
  tag: 'Notifications',
  base: '/notifications',
  routes: [...templates(controller), ...deliveries(controller)],
});
