import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { NotificationController } from '../controllers/notification.controller.ts';
import { Notification } from '../models/notification.ts';
import { Preferences, UpdatePreferences } from '../models/preferences.ts';
import { NewPushSubscription, PushSubscription } from '../models/push-subscription.ts';
import { notificationProblems } from '../problems.ts';
import { ListNotifications, NotificationParams, ReadAnswer } from '../validators/notification.ts';

const { notification_not_found, push_subscription_not_found, push_service_unknown } = notificationProblems;

const inbox = (controller: NotificationController) => [
  route({
    method: 'get',
    path: '/',
    summary: 'List one’s own notifications, newest first',
    access: 'user',
    query: ListNotifications,
    response: [200, pageOf(Notification)],
    handle: controller.list,
  }),
  route({
    method: 'post',
    path: '/:id/read',
    summary: 'Mark a notification as read; the first time counts',
    access: 'user',
    params: NotificationParams,
    response: [200, Notification],
    problems: [notification_not_found],
    handle: controller.read,
  }),
  route({
    method: 'post',
    path: '/read-all',
    summary: 'Mark all of one’s own notifications as read',
    access: 'user',
    response: [200, ReadAnswer],
    handle: controller.readAll,
  }),
];

const preferences = (controller: NotificationController) => [
  route({
    method: 'get',
    path: '/preferences',
    summary: 'What one is told, over which channels, and when not',
    access: 'user',
    response: [200, Preferences],
    handle: controller.preferences,
  }),
  route({
    method: 'put',
    path: '/preferences',
    summary: 'Choose what to be told; choices that are not given stay',
    description:
      'In the quiet hours nothing is sent out; it is sent after them. A message about a visit that begins too soon for that is sent at once. Mails about the account are always sent.',
    access: 'user',
    body: UpdatePreferences,
    response: [200, Preferences],
    problems: [commonProblems.version_conflict],
    handle: controller.updatePreferences,
  }),
];

const pushSubscriptions = (controller: NotificationController) => [
  route({
    method: 'post',
    path: '/push-subscriptions',
    summary: 'Be told in this browser (Web Push)',
    description:
      'Send what PushSubscription.toJSON() gives. A browser that is known already is the caller’s from then on.',
    access: 'user',
    body: NewPushSubscription,
    response: [201, PushSubscription],
    problems: [push_service_unknown],
    handle: controller.subscribe,
  }),
  route({
    method: 'get',
    path: '/push-subscriptions',
    summary: 'List the browsers in which one is told',
    access: 'user',
    query: PageQuery,
    response: [200, pageOf(PushSubscription)],
    handle: controller.subscriptions,
  }),
  route({
    method: 'delete',
    path: '/push-subscriptions/:id',
    summary: 'Be told in that browser no more',
    access: 'user',
    params: NotificationParams,
    response: [204],
    problems: [push_subscription_not_found],
    handle: controller.unsubscribe,
  }),
];

export const notificationRoutes = (controller: NotificationController): RouteGroup => ({
  tag: 'Notifications',
  base: '/notifications',
  routes: [...preferences(controller), ...pushSubscriptions(controller), ...inbox(controller)],
});
