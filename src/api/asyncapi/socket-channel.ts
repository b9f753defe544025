import { refTo } from './names.ts';
import type { DocumentedMessage, DocumentedSocket } from './socket.ts';

const CHANNEL = refTo('channels', 'socket');
const said = (messages: readonly DocumentedMessage[]) =>
  messages.map(({ key }) => refTo('channels', 'socket', 'messages', key));

/** The servers of the document. Where a webhook leads is the clinic's to say. */
export const servers = {
  api: {
    host: '{host}',
    protocol: 'ws',
    description: 'This installation; `wss` behind TLS.',
    variables: { host: { default: 'localhost:3000', description: 'Name and port' } },
    security: [refTo('components', 'securitySchemes', 'accessToken')],
  },
  receiver: {
    host: '{receiver}',
    protocol: 'https',
    description: 'What a clinic has named as the target of a webhook.',
    variables: { receiver: { examples: ['hooks.example'] } },
  },
};

export const securitySchemes = {
  accessToken: {
    type: 'apiKey',
    in: 'password',
    description: 'The access token of the API, as `auth.token` of the Socket.IO handshake.',
  },
};

/** Everything that is said over the socket. */
export const saidOver = ({ connect, refused, messages, commands }: DocumentedSocket): DocumentedMessage[] => [
  connect,
  refused,
  ...messages,
  ...commands.flatMap(({ request, answer }) => [request, answer]),
];

/** What clients of Socket.IO connect to. */
export const socketChannel = (socket: DocumentedSocket, address: string) => ({
  address,
  title: 'Socket.IO 4',
  servers: [refTo('servers', 'api')],
  description:
    'Sockets tell what happened, and changes are made over HTTP. The name of a message is that of its Socket.IO event, its payload the first argument; a second argument of what the server sends is its place, with which clients of Socket.IO resume. A command is answered through its acknowledgement. A socket may send twenty commands at once and five a second in the long run, of 16 KiB at most.',
  messages: Object.fromEntries(
    saidOver(socket).map(({ key }) => [key, refTo('components', 'messages', key)]),
  ),
  bindings: {
    ws: {
      method: 'GET',
      query: {
        type: 'object',
        required: ['EIO', 'transport'],
        properties: {
          EIO: { const: '4', description: 'The version of Engine.IO' },
          transport: { enum: ['polling', 'websocket'] },
        },
      },
      bindingVersion: '0.1.0',
    },
  },
});

/** As the server sees it: what it receives and answers, and what it sends by itself. */
export const socketOperations = ({ connect, refused, messages, commands }: DocumentedSocket) => ({
  connect: {
    action: 'receive',
    channel: CHANNEL,
    summary: 'Let in who holds a valid token',
    messages: said([connect]),
    reply: {
      channel: CHANNEL,
      messages: said([...messages.filter(({ name }) => name === 'ready'), refused]),
    },
  },
  sendMessage: {
    action: 'send',
    channel: CHANNEL,
    summary: 'Tell those who are connected what has happened',
    messages: said(messages),
  },
  ...Object.fromEntries(
    commands.map(({ name, request, answer }) => [
      name,
      {
        action: 'receive',
        channel: CHANNEL,
        summary: request.summary,
        messages: said([request]),
        reply: { channel: CHANNEL, messages: said([answer]) },
      },
    ]),
  ),
});
