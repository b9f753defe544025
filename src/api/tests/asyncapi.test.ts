import { describe, expect, test } from '@jest/globals';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { eventCatalogue, problems } from '../../composition/catalogues.ts';
import { PublicEvent } from '../../domains/webhooks/index.ts';
import { realtimeChannel } from '../../websocket/channel.ts';
import { commandNames } from '../../websocket/command-catalogue.ts';
import { messageNames } from '../../websocket/message-catalogue.ts';
import { asyncApiText, describeTold } from '../asyncapi.ts';

type Operation = { action: string; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } };
type Document = {
  operations: Record<string, Operation>;
  components: {
    messages: Record<string, { name: string; payload: object; examples: { payload: unknown }[] }>;
  };
};

const identity = { appName: 'Clinics', version: '1.2.3' };
const told = { catalogue: eventCatalogue, envelope: PublicEvent, channel: realtimeChannel, problems };
const text = asyncApiText(told, identity);
const document = JSON.parse(text) as Document;

const newAjv = () => {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  return ajv;
};
/** What a `$ref` of the document leads to. */
const at = (ref: string): unknown =>
  ref
    .split('/')
    .slice(1)
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], document);

describe('the document of events and messages', () => {
  test('is AsyncAPI 3.0', () => {
    const validate = newAjv().compile(specs.schemasWithoutId['3.0.0'] as object);
    expect(validate(document) ? [] : validate.errors).toEqual([]);
  });

  test('has every event of the catalogue, each with an example that its own schema takes', () => {
    const { events } = describeTold(told);
    expect(events.map(({ type }) => type)).toEqual(Object.keys(eventCatalogue));
    for (const { type, example } of events) {
      const kind = (eventCatalogue as Record<string, { data: { parse(data: unknown): unknown } }>)[type];
      expect(() => kind?.data.parse((example as { data: unknown }).data)).not.toThrow();
      expect(PublicEvent.safeParse(example).success).toBe(true);
    }
  });

  test('has examples of every message that its own schema takes', () => {
    const ajv = newAjv();
    ajv.addSchema(document, 'asyncapi');
    for (const [key, { examples }] of Object.entries(document.components.messages)) {
      const allows = ajv.compile({ $ref: `asyncapi#/components/messages/${key}/payload` });
      expect([key, examples.length > 0]).toEqual([key, true]);
      for (const { payload } of examples)
        expect([key, allows(payload) ? [] : allows.errors]).toEqual([key, []]);
    }
  });

  test('names nothing that does not exist', () => {
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);
    expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
  });
});

describe('of sockets the document', () => {
  /** The names on the wire of what `refs` lead to. */
  const names = (refs: readonly { $ref: string }[] = []) =>
    refs.map(({ $ref }) => (at((at($ref) as { $ref: string }).$ref) as { name: string }).name);
  const { connect, sendMessage, ...others } = document.operations;
  const commands = Object.entries(others).filter(([name]) => name !== 'sendEvent');

  test('has every message that a client is sent', () => {
    expect(names(sendMessage?.messages)).toEqual(messageNames);
    expect(sendMessage?.action).toBe('send');
  });

  test('has every command with its acknowledgement', () => {
    expect(commands.map(([name]) => name)).toEqual(commandNames);
    for (const [name, { action, messages, reply }] of commands) {
      expect([action, names(messages), names(reply?.messages)]).toEqual([
        'receive',
        [name],
        [expect.stringContaining('Answer')],
      ]);
    }
  });

  test('has the handshake, which ends in the first message or in a refusal', () => {
    expect([names(connect?.messages), names(connect?.reply?.messages)]).toEqual([
      ['connect'],
      ['ready', 'connect_error'],
    ]);
  });

  test('says what each code means, and does not come to be while nobody knows', () => {
    for (const code of realtimeChannel.handshake.codes) expect(text).toContain(`- \`${code}\`: `);
    expect(() => describeTold({ ...told, problems: {} })).toThrow('unauthenticated');
  });

  test('has nothing in it that was said about a patient', () => {
    const { socket } = describeTold(told);
    const examples = JSON.stringify([socket.messages, socket.commands]);
    expect(examples).not.toMatch(/"(reason|notes|allergies|conditions|medications|bloodType)":/);
  });
});
