import { readFileSync, writeFileSync } from 'node:fs';
import type { RouteGroup } from '../shared/utils/route.ts';
import { type ApiIdentity, openApiText } from './openapi.ts';

/**
 * Writes the document of `groups` to `file`; with `--check` among `options` it only compares, and answers with what to
 * print about the first difference. Nothing to say is `undefined`.
 */
export const writeOpenApi = (
  groups: readonly RouteGroup[],
  identity: ApiIdentity,
  file: string,
  options: readonly string[],
): string | undefined => {
  const text = openApiText(groups, identity);
  if (!options.includes('--check')) {
    writeFileSync(file, text);
    return undefined;
  }
  const difference = firstDifference(readJson(file), JSON.parse(text));
  return difference === undefined ? undefined : `${file} is out of date at ${difference}; write it again`;
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** The JSON pointer of the first place, in the order of the documents, at which two of them differ. */
export const firstDifference = (before: unknown, after: unknown, pointer = ''): string | undefined => {
  if (!isObject(before) || !isObject(after)) return Object.is(before, after) ? undefined : pointer || '/';
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  for (const name of names) {
    const part = name.replaceAll('~', '~0').replaceAll('/', '~1');
    const found = firstDifference(before[name], after[name], `${pointer}/${part}`);
    if (found !== undefined) return found;
  }
  return Object.keys(before).join() === Object.keys(after).join() ? undefined : pointer || '/';
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
