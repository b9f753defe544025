import { z } from 'zod';
import type { JsonSchema } from './document.ts';

/** A request may leave out what has a default; an answer never does. */
export type Side = 'request' | 'response';

/** Turns Zod schemas into JSON Schema as it is on the wire, and gathers those that have a `.meta({ id })`. */
export type SchemaRegistry = {
  describe(schema: z.ZodType, side: Side): JsonSchema;
  /** The schema that a `$ref` names, or the schema itself where it is none. */
  resolve(schema: JsonSchema): JsonSchema;
  add(name: string, schema: JsonSchema): void;
  /** Everything that a `$ref` may name, in alphabetical order. */
  shared(): Record<string, JsonSchema>;
};

const PREFIX = '#/components/schemas/';
const NO_JSON_FORM = new Set(
  'bigint custom file function map nan promise set symbol transform undefined void'.split(' '),
);
/** Their patterns are long and say no more than the format does. */
const FORMATS_THAT_SAY_ALL = new Set(['date', 'date-time', 'email']);

export const createSchemaRegistry = (): SchemaRegistry => {
  const schemas = new Map<string, JsonSchema>();

  const add = (name: string, schema: JsonSchema) => {
    const before = schemas.get(name);
    if (before && JSON.stringify(before) !== JSON.stringify(schema))
      throw new Error(`Two different schemas have the id ${name}`);
    schemas.set(name, schema);
  };

  return {
    describe: (schema, side) => {
      const { root, definitions } = convert(schema, side);
      const suffix = side === 'request' && differsInAnswers(schema, definitions) ? 'Input' : '';
      for (const [name, definition] of Object.entries(definitions)) {
        if (name.startsWith('__'))
          throw new Error('A schema that contains itself needs a name: .meta({ id })');
        add(name + suffix, withPublicReferences(definition, suffix));
      }
      return withPublicReferences(root, suffix);
    },
    resolve: (schema) => {
      if (schema.$ref === undefined) return schema;
      const found = schemas.get(schema.$ref.slice(PREFIX.length));
      if (!found) throw new Error(`No schema ${schema.$ref}`);
      return found;
    },
    add,
    shared: () => Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

/** The input side of a codec is the wire, for requests and answers alike. Wrapped, so that a named root is a `$ref` too. */
const convert = (schema: z.ZodType, side: Side) => {
  const wrapped = z.toJSONSchema(z.object({ root: schema }), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      adjust(zodSchema, jsonSchema as JsonSchema, side);
    },
  }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
  return { root: wrapped.properties?.['root'] ?? {}, definitions: wrapped.$defs ?? {} };
};

const differsInAnswers = (schema: z.ZodType, definitions: Record<string, JsonSchema>): boolean =>
  Object.keys(definitions).length > 0 &&
  JSON.stringify(convert(schema, 'response').definitions) !== JSON.stringify(definitions);

const withPublicReferences = (schema: JsonSchema, suffix: string): JsonSchema =>
  JSON.parse(
    JSON.stringify(schema).replace(
      /"\$ref":"#\/\$defs\/([^"]+)"/g,
      (_match, name: string) => `"$ref":"${PREFIX}${name}${suffix}"`,
    ),
  ) as JsonSchema;

const adjust = ({ _zod: { def } }: z.core.$ZodTypes, schema: JsonSchema, side: Side): void => {
  if (def.type === 'date') Object.assign(schema, { type: 'string', format: 'date-time' });
  if (NO_JSON_FORM.has(def.type) && Object.keys(schema).length === 0)
    throw new Error(`A ${def.type} has no form in JSON`);
  if (def.type === 'pipe' && readsBoolean(def)) schema.type = 'boolean';
  if (def.type === 'object' && side === 'response') schema.required = alwaysPresent(def.shape);
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (FORMATS_THAT_SAY_ALL.has(schema.format ?? '')) delete schema.pattern;
  if ('example' in schema) {
    schema.examples = [schema.example];
    delete schema.example;
  }
};

/** `z.stringbool()`: the words of a query, which documents call a boolean. */
const readsBoolean = (def: z.core.$ZodPipeDef): boolean =>
  def.in._zod.def.type === 'string' && def.out._zod.def.type === 'boolean';

const alwaysPresent = (shape: z.core.$ZodShape): string[] =>
  Object.entries(shape)
    .filter(([, field]) => field._zod.optout !== 'optional')
    .map(([name]) => name);
