import { z } from 'zod';
import { Instant, instantText } from '../types/instant.ts';

/** Writes a value as JSON; throws where it is not what the schema says. */
type Write = (value: unknown) => string;

class NotAsDeclared extends Error {}

const demand = (isRight: boolean): void => {
  if (!isRight) throw new NotAsDeclared();
};

/** Lengths, patterns, refinements: whatever the schema asks for beside its type. */
const checksOf = (schema: z.core.$ZodType): readonly z.core.$ZodCheck[] => {
  const { def, traits } = schema._zod;
  const isItself = traits.has('$ZodCheck');
  return [...(isItself ? [schema as unknown as z.core.$ZodCheck] : []), ...(def.checks ?? [])];
};

const checked = (schema: z.core.$ZodType, isOfType: (value: unknown) => boolean, write: Write): Write => {
  const checks = checksOf(schema);
  return (value) => {
    demand(isOfType(value));
    if (checks.length === 0) return write(value);
    const payload = { value: value as never, issues: [] };
    for (const check of checks) void check._zod.check(payload);
    demand(payload.issues.length === 0);
    return write(payload.value);
  };
};

const isString = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => Number.isFinite(value);
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isObject = (value: unknown) => typeof value === 'object' && value !== null;

const writeText: Write = (value) => JSON.stringify(value);
const writePlain: Write = (value) => String(value);

const writeOneOf = (values: readonly unknown[]): Write => {
  const texts = new Map(values.map((value) => [value, JSON.stringify(value)]));
  return (value) => {
    const text = texts.get(value);
    if (text === undefined) throw new NotAsDeclared();
    return text;
  };
};

const writeArray =
  (write: Write): Write =>
  (value) => {
    let text = '';
    for (const item of value as readonly unknown[]) text += (text === '' ? '' : ',') + write(item);
    return `[${text}]`;
  };

/** Only the fields of the shape are written, in its order. */
const writeObject = (shape: Readonly<Record<string, z.core.$ZodType>>): Write => {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    start: `${JSON.stringify(name)}:`,
    write: writerOf(schema),
    isOptional: schema._zod.optout === 'optional',
  }));
  return (value) => {
    let text = '';
    for (const { name, start, write, isOptional } of fields) {
      const field = (value as Readonly<Record<string, unknown>>)[name];
      if (field === undefined && isOptional) continue;
      text += (text === '' ? '' : ',') + start + write(field);
    }
    return `{${text}}`;
  };
};

const writeInstant: Write = (value) => {
  const text = value instanceof Date ? instantText(value) : undefined;
  if (text === undefined) throw new NotAsDeclared();
  return `"${text}"`;
};

/** What this file knows no shorter way for. */
const writeByZod =
  (schema: z.core.$ZodType): Write =>
  (value) => {
    const text = JSON.stringify(z.encode(schema, value)) as string | undefined;
    if (text === undefined) throw new NotAsDeclared();
    return text;
  };

const compile = (schema: z.core.$ZodType): Write => {
  if (schema === Instant) return writeInstant;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce) return writeByZod(schema);
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- Zod takes care of every other kind.
  switch (def.type) {
    case 'string':
      return checked(schema, isString, writeText);
    case 'number':
      return checked(schema, isNumber, writePlain);
    case 'boolean':
      return checked(schema, isBoolean, writePlain);
    case 'enum':
      return checked(schema, isString, writeOneOf(Object.values(def.entries)));
    case 'array':
      return checked(schema, Array.isArray, writeArray(writerOf(def.element)));
    case 'object':
      return def.catchall ? writeByZod(schema) : checked(schema, isObject, writeObject(def.shape));
    case 'nullable': {
      const write = writerOf(def.innerType);
      return def.checks?.length ? writeByZod(schema) : (value) => (value === null ? 'null' : write(value));
    }
    case 'optional':
      return def.checks?.length ? writeByZod(schema) : writerOf(def.innerType);
    default:
      return writeByZod(schema);
  }
};

/** Compiled when it is first used, since a schema may hold itself. */
const writerOf = (schema: z.core.$ZodType): Write => {
  let write: Write | undefined;
  return (value) => (write ??= compile(schema))(value);
};

/**
 * Writes answers as the JSON that `z.encode` and `JSON.stringify` would give, in one pass: the same checks, and nothing
 * that the schema does not name. What is not as declared goes to Zod itself, whose error says where.
 */
export const jsonEncoder = (schema: z.ZodType): ((value: unknown) => string) => {
  const write = writerOf(schema);
  return (value) => {
    try {
      return write(value);
    } catch (error) {
      if (!(error instanceof NotAsDeclared)) throw error;
      return JSON.stringify(z.encode(schema, value));
    }
  };
};
