import { answerSchema, codesOf, commandCatalogue, commandNames } from './command-catalogue.ts';
import { Auth, handshakeCodes, Refusal, SOCKET_PATH } from './handshake.ts';
import { messageCatalogue, messageNames, messageSchema } from './message-catalogue.ts';

/** Everything that clients and the server say to each other, for whoever describes it. */
export const realtimeChannel = {
  path: SOCKET_PATH,
  handshake: { auth: Auth, refusal: Refusal, codes: handshakeCodes },
  messages: messageNames.map((name) => {
    const { summary, to } = messageCatalogue[name];
    return { name, summary, to, schema: messageSchema(name) };
  }),
  commands: commandNames.map((name) => {
    const command = commandCatalogue[name];
    const { summary, request } = command;
    return { name, summary, request, codes: codesOf(command), answer: answerSchema(command) };
  }),
};
export type RealtimeChannel = typeof realtimeChannel;
