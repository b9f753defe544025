import type { z } from 'zod';
import type { Problem } from '../../shared/utils/errors.ts';
import type { RealtimeChannel } from '../../websocket/channel.ts';
import type { JsonSchema } from '../openapi/document.ts';
import { exampleOf } from '../openapi/examples.ts';
import type { SchemaRegistry, Side } from '../openapi/schemas.ts';
import { nameOf } from './names.ts';

/** One thing that is said over a socket, for those who read about it. `key` names it in the document, `name` on the wire. */
export type DocumentedMessage = {
  readonly key: string;
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly examples: readonly unknown[];
};
export type Refusals = readonly Pick<Problem, 'code' | 'title'>[];
export type DocumentedCommand = {
  readonly name: string;
  readonly request: DocumentedMessage;
  readonly answer: DocumentedMessage;
  readonly refusals: Refusals;
};
export type DocumentedSocket = {
  readonly connect: DocumentedMessage;
  readonly refused: DocumentedMessage;
  readonly refusals: Refusals;
  readonly messages: readonly DocumentedMessage[];
  readonly commands: readonly DocumentedCommand[];
};

/** One example of each form that a message, or its data, may have. */
const examplesOf = (schema: JsonSchema, registry: SchemaRegistry): unknown[] => {
  const formsOf = (given: JsonSchema = {}) => {
    const { oneOf, anyOf } = registry.resolve(given);
    return oneOf ?? anyOf;
  };
  const own = formsOf(schema);
  if (own) return own.map((form) => exampleOf(form, registry));
  const whole = exampleOf(schema, registry);
  const forms = formsOf(registry.resolve(schema).properties?.['data']);
  return forms ? forms.map((form) => ({ ...(whole as object), data: exampleOf(form, registry) })) : [whole];
};

/** Everything that is said over `channel`. Codes are explained by the title of their problem. */
export const describeSocket = (
  { handshake, messages, commands }: RealtimeChannel,
  problems: Readonly<Record<string, Problem>>,
  registry: SchemaRegistry,
): DocumentedSocket => {
  const describe = (
    key: string,
    { name, summary, description }: Pick<DocumentedMessage, 'name' | 'summary' | 'description'>,
    [schema, side]: readonly [z.ZodType, Side],
  ): DocumentedMessage => {
    const described = registry.describe(schema.meta({ id: key }), side);
    const examples = examplesOf(described, registry);
    return { key, name, summary, ...(description && { description }), schema: described, examples };
  };
  const refusalsOf = (codes: readonly string[]): Refusals =>
    codes.map((code) => {
      const problem = problems[code];
      if (!problem) throw new Error(`Nobody knows what "${code}" means`);
      return problem;
    });
  const explained = (refusals: Refusals) =>
    ['Codes:', ...refusals.map(({ code, title }) => `- \`${code}\`: ${title}`)].join('\n');

  const refusals = refusalsOf(handshake.codes);
  return {
    connect: describe(
      'Connect',
      { name: 'connect', summary: 'What a client says of itself when it connects, as `auth` of Socket.IO' },
      [handshake.auth, 'request'],
    ),
    refused: describe(
      'ConnectError',
      { name: 'connect_error', summary: 'The client is not let in', description: explained(refusals) },
      [handshake.refusal, 'response'],
    ),
    refusals,
    messages: messages.map(({ name, summary, to, schema }) =>
      describe(`${nameOf(name)}Message`, { name, summary, description: `Goes to: ${to}.` }, [
        schema,
        'response',
      ]),
    ),
    commands: commands.map(({ name, summary, request, answer, codes }) => {
      const key = nameOf(name);
      const mayBe = refusalsOf(codes);
      return {
        name,
        request: describe(`${key}Command`, { name, summary }, [request, 'request']),
        answer: describe(
          `${key}Answer`,
          { name: `${key}Answer`, summary: `Acknowledges ${name}`, description: explained(mayBe) },
          [answer, 'response'],
        ),
        refusals: mayBe,
      };
    }),
  };
};
