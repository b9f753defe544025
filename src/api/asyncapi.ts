import type { z } from 'zod';
import type { Problem } from '../shared/utils/errors.ts';
import type { EventCatalogue } from '../shared/utils/event-catalogue.ts';
import type { RealtimeChannel } from '../websocket/channel.ts';
import { describeEvents } from './asyncapi/events.ts';
import { nameOf, refTo } from './asyncapi/names.ts';
import {
  saidOver,
  securitySchemes,
  servers,
  socketChannel,
  socketOperations,
} from './asyncapi/socket-channel.ts';
import { describeSocket, type DocumentedMessage } from './asyncapi/socket.ts';
import { createSchemaRegistry } from './openapi/schemas.ts';
import type { ApiIdentity } from './openapi.ts';

/** What happens, as others are told of it: events over HTTP, messages over sockets. */
export type Told = {
  readonly catalogue: EventCatalogue;
  readonly envelope: z.ZodObject;
  readonly channel: RealtimeChannel;
  /** What the codes of refusals mean. */
  readonly problems: Readonly<Record<string, Problem>>;
};

/** All of it with its schemas and examples. */
export const describeTold = ({ catalogue, envelope, channel, problems }: Told) => {
  const registry = createSchemaRegistry();
  const events = describeEvents(catalogue, envelope, registry);
  const socket = describeSocket(channel, problems, registry);
  return { events, socket, schemas: registry.shared() };
};

const messageOf = ({ key, name, summary, description, schema, examples }: DocumentedMessage) => [
  key,
  {
    name,
    title: name,
    summary,
    ...(description !== undefined && { description }),
    contentType: 'application/json',
    payload: schema,
    examples: examples.map((payload) => ({ payload })),
  },
];

/** The AsyncAPI 3.0 document: what webhooks are sent, `GET /events` answers, and is said over sockets. */
export const asyncApiText = (told: Told, { appName, version }: ApiIdentity): string => {
  const { events, socket, schemas } = describeTold(told);
  const sent = events.map(({ type, example, ...event }): DocumentedMessage => ({
    key: nameOf(type),
    name: type,
    summary: event.summary,
    schema: event.schema,
    examples: [example],
  }));
  return JSON.stringify({
    asyncapi: '3.0.0',
    info: {
      title: `Events of ${appName}`,
      version,
      description:
        'What happens in a clinic, as webhooks are sent it (POST, signed by the Standard Webhooks specification) and as GET /api/v1/events answers it. Each event has the next number of the clinic’s sequence. `version` grows when `data` changes in a way that breaks readers; new fields do not. And what those who are connected by Socket.IO are told at once.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers,
    channels: {
      webhook: {
        address: null,
        title: 'Webhook',
        description: 'The address that a clinic has given.',
        servers: [refTo('servers', 'receiver')],
        messages: Object.fromEntries(sent.map(({ key }) => [key, refTo('components', 'messages', key)])),
      },
      socket: socketChannel(socket, told.channel.path),
    },
    operations: {
      sendEvent: {
        action: 'send',
        channel: refTo('channels', 'webhook'),
        summary: 'Tell what has happened',
        messages: sent.map(({ key }) => refTo('channels', 'webhook', 'messages', key)),
      },
      ...socketOperations(socket),
    },
    components: {
      messages: Object.fromEntries([...sent, ...saidOver(socket)].map(messageOf)) as object,
      schemas,
      securitySchemes,
    },
  });
};
