import { z } from 'zod';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import type { JsonSchema } from '../openapi/document.ts';
import { exampleOf } from '../openapi/examples.ts';
import type { SchemaRegistry } from '../openapi/schemas.ts';
import { nameOf } from './names.ts';

/** One kind of event for those who read about it. */
export type DocumentedEvent = {
  readonly type: string;
  readonly version: number;
  readonly summary: string;
  readonly schema: JsonSchema;
  readonly example: unknown;
};

/** Every event of `catalogue` in its `envelope`, with an example. */
export const describeEvents = (
  catalogue: EventCatalogue,
  envelope: z.ZodObject,
  registry: SchemaRegistry,
): DocumentedEvent[] =>
  Object.entries(catalogue).map(([type, { version, summary, data }]) => {
    const whole = envelope.extend({ type: z.literal(type), version: z.literal(version), data });
    const schema = registry.describe(whole.meta({ id: nameOf(type) }), 'response');
    return { type, version, summary, schema, example: exampleOf(schema, registry) };
  });
