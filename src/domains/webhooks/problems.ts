import { problemCatalogue } from '../../shared/utils/errors.ts';

export const webhookProblems = problemCatalogue({
  webhook_not_found: {
    status: 404,
    title: 'No such webhook',
    advice: 'GET /webhooks lists the webhooks of the clinic.',
  },
  delivery_not_found: {
    status: 404,
    title: 'No such delivery',
    advice: 'GET /webhooks/{id}/deliveries lists the deliveries of a webhook; they are kept for 30 days.',
  },
  webhook_inactive: {
    status: 409,
    title: 'The webhook is switched off',
    advice: 'Set active to true first.',
  },
  webhook_limit_reached: {
    status: 409,
    title: 'The clinic has as many webhooks as it may have',
    advice: 'Remove a webhook that is not needed any more.',
  },
  events_forgotten: {
    status: 410,
    title: 'Events behind that place are not kept any more',
    advice: 'Read the state over the API, then go on from the sequence named in lastSequence.',
  },
});
