import { problemCatalogue } from '../../shared/utils/errors.ts';

export const notificationProblems = problemCatalogue({
  notification_not_found: {
    status: 404,
    title: 'No such notification',
    advice: 'GET /notifications lists one’s own.',
  },
  template_not_found: {
    status: 404,
    title: 'No such template',
    advice: 'A key is kind.channel.language; GET /notifications/templates lists those that have words.',
  },
  delivery_not_found: {
    status: 404,
    title: 'No such delivery',
    advice: 'GET /notifications/deliveries lists them.',
  },
  delivery_not_failed: {
    status: 409,
    title: 'The delivery has not failed',
    advice: 'Only deliveries with the status failed can be sent again.',
  },
  push_subscription_not_found: {
    status: 404,
    title: 'No such push subscription',
    advice: 'GET /notifications/push-subscriptions lists one’s own.',
  },
  push_service_unknown: {
    status: 422,
    title: 'The address is not that of a push service',
    advice: 'Send what the browser gives. The operator can allow further push services by PUSH_HOSTS.',
  },
  channel_not_available: {
    status: 409,
    title: 'This installation cannot send over that channel',
    advice: 'The operator configures SMTP, SMS and Web Push.',
  },
  not_reachable: {
    status: 409,
    title: 'You cannot be reached over that channel',
    advice: 'For push, subscribe a browser first. Accounts of staff have no phone number for SMS.',
  },
});
