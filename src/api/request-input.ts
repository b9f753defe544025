import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { AppError, commonProblems, type FieldError, invalid } from '../shared/utils/errors.ts';
import { canonicalJson } from '../shared/utils/canonical-json.ts';
import type { Route } from '../shared/utils/route.ts';
import { plainFault } from './plain-faults.ts';

/** A route that declares no body still refuses one that holds something. */
const NoBody = z.strictObject({}).optional();
const NoQuery = z.strictObject({});

const PLAIN = { error: plainFault };

const escapePointer = (part: PropertyKey) => String(part).replaceAll('~', '~0').replaceAll('/', '~1');

const fieldErrors = (prefix: string, { issues }: z.ZodError): FieldError[] =>
  issues.flatMap((issue) => {
    const pointerTo = (path: readonly PropertyKey[]) =>
      `${prefix}${path.map((part) => `/${escapePointer(part)}`).join('')}`;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: pointerTo([...issue.path, key]),
        detail: 'is not a known field',
      }));
    }
    return [{ pointer: pointerTo(issue.path), detail: issue.message }];
  });

/** `If-Match: "7"` asks for version 7. Anything that no ETag of ours can equal asks for a version that never is. */
const readIfMatch = (req: Request): number | undefined => {
  const header = req.get('If-Match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  return version === undefined ? -1 : Number(version);
};

const HALF_OF_A_CHARACTER = /\p{Surrogate}/u;
const DEEPEST = 32;
/** An answer names so many faults; a small request with thousands would get a large one. */
const MOST_ERRORS = 100;

/**
 * Refuses what no schema asks for and what not every reader survives: values nested deeper than {@link DEEPEST}, the name
 * `__proto__`, which some code would take for an object's prototype, and halves of characters, which UTF-8 cannot hold.
 */
export const refuseStrangeJson = (value: unknown, pointer = '', depth = 0): void => {
  if (typeof value === 'string' && HALF_OF_A_CHARACTER.test(value))
    throw invalid(pointer, 'must be valid Unicode');
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw invalid(pointer, `is nested deeper than ${DEEPEST} levels`);
  for (const [name, each] of Object.entries(value)) {
    const place = `${pointer}/${escapePointer(name)}`;
    if (name === '__proto__') throw invalid(place, 'is not a known field');
    refuseStrangeJson(each, place, depth + 1);
  }
};

/** Parses all that the caller sent, and reports every fault of path, query and body at once. */
export const readInput = (definition: Route, req: Request) => {
  const parsed = {
    params: (definition.params ?? z.unknown()).safeParse(req.params, PLAIN),
    query: (definition.query ?? NoQuery).safeParse(req.query, PLAIN),
    body: (definition.body ?? NoBody).safeParse(req.body, PLAIN),
  };
  const errors = [
    ...(parsed.params.error ? fieldErrors('/path', parsed.params.error) : []),
    ...(parsed.query.error ? fieldErrors('/query', parsed.query.error) : []),
    ...(parsed.body.error ? fieldErrors('', parsed.body.error) : []),
  ];
  if (errors.length > 0) {
    throw new AppError(commonProblems.validation_failed, undefined, { errors: errors.slice(0, MOST_ERRORS) });
  }
  return {
    params: parsed.params.data,
    query: parsed.query.data,
    body: parsed.body.data,
    ifMatch: readIfMatch(req),
  };
};

/** The `Idempotency-Key` of a request with the SHA-256 of what it asks for, or `undefined` without the header. */
export const readIdempotencyKey = (req: Request): { key: string; fingerprint: Buffer } | undefined => {
  const key = req.get('Idempotency-Key');
  if (key === undefined) return undefined;
  if (key.length < 1 || key.length > 255)
    throw invalid('/headers/Idempotency-Key', 'must have 1 to 255 characters');
  const asked = `${req.method} ${req.baseUrl}${req.path}\n${canonicalJson((req.body ?? {}) as object)}`;
  return { key, fingerprint: createHash('sha256').update(asked).digest() };
};
