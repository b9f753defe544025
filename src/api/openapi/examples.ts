import type { z } from 'zod';
import type { JsonSchema } from './document.ts';
import { fits, typeOf } from './fits.ts';
import { namedExamples } from './named-examples.ts';
import { patternExample } from './pattern-example.ts';
import type { SchemaRegistry } from './schemas.ts';

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2027-03-22T08:00:00.000Z',
  date: '2027-03-22',
  email: 'ada@example.org',
  uuid: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e',
  uri: 'https://example.org/',
  hostname: 'example.org',
  ipv4: '203.0.113.7',
  ipv6: '2001:db8::7',
};
/** What `schema` allows, always the same: its own example, one for the field's name, or one made from its rules. */
export const exampleOf = (schema: JsonSchema, registry: SchemaRegistry, name = ''): unknown =>
  write(schema, name, { registry, inside: [] });

/**
 * An example that rules beyond JSON Schema accept as well, where one can be found: all fields, only those that must be
 * there, or these with one more or all with one less.
 */
export const acceptedExample = (
  zodSchema: z.ZodType,
  schema: JsonSchema,
  registry: SchemaRegistry,
): unknown => {
  const full = exampleOf(schema, registry);
  const { required = [], properties } = registry.resolve(schema);
  if (typeof full !== 'object' || full === null || !properties) return full;
  const optional = Object.keys(full).filter((field) => !required.includes(field));
  const only = (isKept: (field: string) => boolean) =>
    Object.fromEntries(Object.entries(full).filter(([field]) => isKept(field)));
  const candidates = [
    full,
    ...optional.map((left) => only((field) => field !== left)),
    ...optional.map((added) => only((field) => field === added || required.includes(field))),
    only((field) => required.includes(field)),
  ];
  return candidates.find((candidate) => zodSchema.safeParse(candidate).success) ?? full;
};

/** `inside` are the names of the schemas being written, so that one which contains itself comes to an end. */
type Writing = { readonly registry: SchemaRegistry; readonly inside: readonly string[] };

const write = (given: JsonSchema, name: string, writing: Writing): unknown => {
  if (given.$ref !== undefined && writing.inside.includes(given.$ref)) return undefined;
  const inside = given.$ref === undefined ? writing.inside : [...writing.inside, given.$ref];
  const schema = writing.registry.resolve(given);
  const [own] = schema.examples ?? [];
  if (schema.const !== undefined) return schema.const;
  const isTemporal = schema.format === 'date-time' || schema.format === 'date';
  if (own !== undefined && !isTemporal) return own;
  const named = namedExamples[name]?.find((value) => fits(value, schema));
  const choice = schema.enum?.find((each) => each !== null);
  const known = named ?? own ?? schema.default ?? choice ?? undefined;
  return known ?? writeByType(schema, name, { ...writing, inside });
};

const writeByType = (schema: JsonSchema, name: string, writing: Writing): unknown => {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const choice = choices.find((each) => each.type !== 'null');
    return choice ? write(choice, name, writing) : null;
  }
  if (schema.allOf)
    return Object.assign({}, ...schema.allOf.map((each) => write(each, name, writing))) as object;
  switch (typeOf(schema)) {
    case 'object':
      return writeObject(schema, writing);
    case 'array':
      return writeArray(schema, name, writing);
    case 'string':
      return writeText(schema, name);
    case 'integer':
    case 'number':
      return writeNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case undefined:
    default:
      return {};
  }
};

const writeObject = (schema: JsonSchema, writing: Writing): object => {
  const { properties = {}, additionalProperties } = schema;
  const fields = Object.entries(properties).map(
    ([name, field]) => [name, write(field, name, writing)] as const,
  );
  if (fields.length === 0 && typeof additionalProperties === 'object')
    return { key: write(additionalProperties, '', writing) };
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
};

const writeArray = (
  { prefixItems, items = {}, minItems = 1, maxItems }: JsonSchema,
  name: string,
  writing: Writing,
) => {
  if (prefixItems) return prefixItems.map((item) => write(item, name, writing));
  const item = write(items, name, writing);
  const count = Math.min(Math.max(minItems, 1), maxItems ?? Infinity);
  return item === undefined ? [] : Array.from({ length: count }, () => item);
};

const writeText = (schema: JsonSchema, name: string): string => {
  const { format = '', pattern, minLength = 0, maxLength = Infinity } = schema;
  const known = FORMATS[format];
  if (known !== undefined && fits(known, schema)) return known;
  if (pattern === undefined) return 'text'.padEnd(minLength, 'text').slice(0, maxLength);
  const made = patternExample(pattern, (text) => fits(text, schema));
  if (made === undefined) throw new Error(`"${name}" (${pattern}) needs .meta({ example })`);
  return made;
};

const writeNumber = ({ minimum, exclusiveMinimum, maximum, multipleOf, type }: JsonSchema): number => {
  const step = multipleOf ?? (type === 'number' ? 0.5 : 1);
  const least =
    minimum ?? (exclusiveMinimum === undefined ? Math.min(1, maximum ?? 1) : exclusiveMinimum + step);
  return multipleOf === undefined ? least : Math.ceil(least / multipleOf) * multipleOf;
};
