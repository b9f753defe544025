import type { JsonSchema } from './document.ts';

const SHAPES: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/,
  date: /^\d{4}-\d\d-\d\d$/,
  email: /^\S+@\S+$/,
  uuid: /^[0-9a-f-]{36}$/,
  uri: /^[a-z]+:/,
};

/** The one type that values of `schema` have beside null. */
export const typeOf = ({ type }: JsonSchema): string | undefined =>
  Array.isArray(type) ? type.find((each) => each !== 'null') : type;

/** Whether `schema` allows `value`, as far as its own rules go. */
export const fits = (value: string | number, schema: JsonSchema): boolean => {
  if (schema.enum && !schema.enum.includes(value)) return false;
  const type = typeOf(schema);
  return typeof value === 'number'
    ? (type === 'integer' || type === 'number') && numberFits(value, schema)
    : type === 'string' && textFits(value, schema);
};

const numberFits = (
  value: number,
  { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf }: JsonSchema,
) =>
  value >= (minimum ?? -Infinity) &&
  value > (exclusiveMinimum ?? -Infinity) &&
  value <= (maximum ?? Infinity) &&
  value < (exclusiveMaximum ?? Infinity) &&
  (multipleOf === undefined || value % multipleOf === 0);

const textFits = (value: string, { minLength = 0, maxLength = Infinity, pattern, format = '' }: JsonSchema) =>
  value.length >= minLength &&
  value.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(value)) &&
  (SHAPES[format]?.test(value) ?? true);
