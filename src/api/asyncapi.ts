import { z } from 'zod';
import type { EventCatalogue } from '../shared/utils/event-catalogue.ts';
import type { JsonSchema } from './openapi/document.ts';
import { exampleOf } from './openapi/examples.ts';
import { createSchemaRegistry } from './openapi/schemas.ts';
import type { ApiIdentity } from './openapi.ts';

/** One kind of event for those who read about it. */
export type DocumentedEvent = {
  readonly type: string;
  readonly version: number;
  readonly summary: string;
  readonly schema: JsonSchema;
  readonly example: unknown;
};

type Envelope = z.ZodObject;

const nameOf = (type: string): string =>
  type.replaceAll(/(?:^|[._])(\w)/g, (_match, letter: string) => letter.toUpperCase());
const refTo = (...parts: string[]) => ({ $ref: `#/${parts.join('/')}` });

/** Every event of `catalogue` in its `envelope`, with an example. */
export const describeEvents = (catalogue: EventCatalogue, envelope: Envelope) => {
  const registry = createSchemaRegistry();
  const events = Object.entries(catalogue).map(([type, { version, summary, data }]): DocumentedEvent => {
    const whole = envelope.extend({ type: z.literal(type), version: z.literal(version), data });
    const schema = registry.describe(whole.meta({ id: nameOf(type) }), 'response');
    return { type, version, summary, schema, example: exampleOf(schema, registry) };
  });
  return { events, schemas: registry.shared() };
};

/** The AsyncAPI 3.0 document of `catalogue`: what webhooks are sent, and `GET /events` answers. */
export const asyncApiText = (
  catalogue: EventCatalogue,
  envelope: Envelope,
  { appName, version }: ApiIdentity,
): string => {
  const { events, schemas } = describeEvents(catalogue, envelope);
  const messages = events.map(({ type, summary, schema, example }) => [
    nameOf(type),
    {
      name: type,
      title: type,
      summary,
      contentType: 'application/json',
      payload: schema,
      examples: [{ payload: example }],
    },
  ]);
  const names = events.map(({ type }) => nameOf(type));
  return JSON.stringify({
    asyncapi: '3.0.0',
    info: {
      title: `Events of ${appName}`,
      version,
      description:
        'What happens in a clinic, as webhooks are sent it (POST, signed by the Standard Webhooks specification) and as GET /api/v1/events answers it. Each event has the next number of the clinic’s sequence. `version` grows when `data` changes in a way that breaks readers; new fields do not.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      webhook: {
        address: null,
        title: 'Webhook',
        description: 'The address that a clinic has given.',
        messages: Object.fromEntries(names.map((name) => [name, refTo('components', 'messages', name)])),
      },
    },
    operations: {
      sendEvent: {
        action: 'send',
        channel: refTo('channels', 'webhook'),
        summary: 'Tell what has happened',
        messages: names.map((name) => refTo('channels', 'webhook', 'messages', name)),
      },
    },
    components: { messages: Object.fromEntries(messages) as object, schemas },
  });
};
