import { describe, expect, test } from '@jest/globals';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { eventCatalogue } from '../../composition/catalogues.ts';
import { PublicEvent } from '../../domains/webhooks/index.ts';
import { asyncApiText, describeEvents } from '../asyncapi.ts';

const identity = { appName: 'Clinics', version: '1.2.3' };
const text = asyncApiText(eventCatalogue, PublicEvent, identity);

describe('the document of events', () => {
  test('is AsyncAPI 3.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats.default(ajv);
    const validate = ajv.compile(specs.schemasWithoutId['3.0.0'] as object);
    expect(validate(JSON.parse(text)) ? [] : validate.errors).toEqual([]);
  });

  test('has every event of the catalogue, each with an example that its own schema takes', () => {
    const { events } = describeEvents(eventCatalogue, PublicEvent);
    expect(events.map(({ type }) => type)).toEqual(Object.keys(eventCatalogue));
    for (const { type, example } of events) {
      const kind = (eventCatalogue as Record<string, { data: { parse(data: unknown): unknown } }>)[type];
      expect(() => kind?.data.parse((example as { data: unknown }).data)).not.toThrow();
      expect(PublicEvent.safeParse(example).success).toBe(true);
    }
  });

  test('names nothing that does not exist', () => {
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
    const names = [...text.matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !(name in components.schemas))).toEqual([]);
  });
});
