import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { describeEvents } from '../../api/asyncapi/events.ts';
import { createSchemaRegistry } from '../../api/openapi/schemas.ts';
import { eventCatalogue } from '../../composition/catalogues.ts';
import { PublicEvent } from '../../domains/webhooks/index.ts';
import { realtimeChannel } from '../channel.ts';
import { messageCatalogue, messageNames } from '../message-catalogue.ts';
import { ForOnePerson, SocketAppointment } from '../message-data.ts';
import { messageOf } from '../messages.ts';
import { hasMessages, socketMessagesFor } from '../socket-messages.ts';
import { expectDescribed } from './expect-described.ts';

const kinds = ForOnePerson.options.map(({ shape }) => shape.kind.value);

describe('of every event that clients are told', () => {
  const told = describeEvents(eventCatalogue, PublicEvent, createSchemaRegistry())
    .filter(hasMessages)
    .map(({ type, example }) => {
      const { id, tenantId, data: payload } = example as { id: string; tenantId: string; data: never };
      const event = { id, tenantId, type, payload, requestId: '', occurredAt: new Date(0), sequence: 1 };
      return {
        type,
        messages: socketMessagesFor(event).map(({ name, data }) => messageOf(name, event, data)),
      };
    });
  const messages = told.flatMap((each) => each.messages);

  test.each(told)('$type makes messages as they are described', (each) => {
    expect(each.messages.length).toBeGreaterThan(0);
    each.messages.forEach(expectDescribed);
  });

  test('together they make every message, except those that no event causes', () => {
    const names = new Set([...messages.map(({ type }) => type), 'ready', 'typing']);
    expect([...names].sort()).toEqual([...messageNames].sort());
    const kindsMade = new Set(messages.flatMap(({ data }) => ('kind' in data ? data.kind : [])));
    expect([...kindsMade, 'notification'].sort()).toEqual([...kinds].sort());
  });

  const registry = createSchemaRegistry();
  /** Without names, examples and texts. */
  const formOf = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(formOf);
    if (typeof schema !== 'object' || schema === null) return schema;
    const rules = Object.entries(registry.resolve(schema));
    const kept = rules.filter(([name]) => name !== 'examples' && name !== 'description');
    return Object.fromEntries(kept.map(([name, rule]) => [name, formOf(rule)]));
  };
  const { 'appointment.booked': booked, 'doctor.status_changed': statusChanged } = eventCatalogue;

  test.each([
    ['an appointment', SocketAppointment, booked.data.shape.appointment],
    ['a status', messageCatalogue.doctor_status_changed.data, statusChanged.data],
  ])('a message holds whatever the event tells of %s', (_what, message, event) => {
    const [told, happened] = [message, event].map((schema) => formOf(registry.describe(schema, 'response')));
    expect(told).toEqual(happened);
  });
});

describe('docs/realtime.md', () => {
  const page = readFileSync('docs/realtime.md', 'utf8');
  const sectionOf = (heading: string) =>
    page.split(/^#{2,3} /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rowsOf = (heading: string) =>
    [...sectionOf(heading).matchAll(/^\| `(\w+)` .*\n(?!\| -)/gm)].map(([, name = '']) => name).sort();
  const { handshake, commands } = realtimeChannel;

  test.each([
    ['Connecting', handshake.codes],
    ['Messages', messageNames],
    ['Notifications and maintenance', kinds],
    ['Commands', commands.map(({ name }) => name)],
  ])('lists under "%s" what there is, and nothing else', (heading, names) => {
    expect(rowsOf(heading)).toEqual([...names].sort());
  });

  test('names every code with which a command may be refused', () => {
    const named = sectionOf('Commands');
    const codes = new Set(commands.flatMap((command) => command.codes));
    expect([...codes].filter((code) => !named.includes(`\`${code}\``))).toEqual([]);
  });
});
