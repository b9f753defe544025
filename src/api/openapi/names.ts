import { z } from 'zod';
import type { Route } from '../../shared/utils/route.ts';

const IRREGULAR: Readonly<Record<string, string>> = { series: 'series', addenda: 'addendum' };

/** Stands in a path for the one that the caller belongs to: `/tenants/current`. */
const CURRENT = 'current';

/** Express's spelling of a path in OpenAPI's: `/doctors/:id/` is `/doctors/{id}`. */
export const publicPath = (path: string): string =>
  path.replaceAll(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '');

/**
 * What client generators call a route. A verb of its own comes first: `listDoctors`, `getDoctor`, `createDoctor`,
 * `updateDoctor`, `putDoctorAvailability`, `confirmAppointment`; under no id, the path reads on its own: `authLogin`.
 */
export const operationIdOf = (definition: Route, path: string): string => {
  const segments = path.split('/').filter((segment) => segment !== '');
  const nouns = segments.flatMap((segment, at) => {
    const next = segments[at + 1] ?? '';
    if (isParameter(segment) || segment === CURRENT) return [];
    if (next === CURRENT) return [CURRENT, singular(segment)];
    return [isParameter(next) ? singular(segment) : segment];
  });
  switch (definition.method) {
    case 'get':
      return camel([answersList(definition) ? 'list' : 'get', ...nouns]);
    case 'put':
      return camel(['put', ...nouns]);
    case 'patch':
      return camel(['update', ...nouns]);
    case 'delete':
      return camel(['delete', ...nouns]);
    case 'post':
      return camel(nameOfPost(definition, segments, nouns));
  }
};

const answersList = ({ response: [, schema] }: Route): boolean =>
  schema instanceof z.ZodObject && 'data' in schema.shape;

const nameOfPost = (definition: Route, segments: readonly string[], nouns: readonly string[]): string[] => {
  const last = nouns.at(-1) ?? '';
  const before = nouns.slice(0, -1);
  if (definition.response[0] === 201 && (isPlural(last) || segments.length === 1))
    return ['create', ...before, singular(last)];
  return isParameter(segments.at(-2) ?? '') ? [last, ...before] : [...nouns];
};

const isParameter = (segment: string): boolean => segment.startsWith('{');

const isPlural = (word: string): boolean =>
  word in IRREGULAR || (/[^s]s$/.test(word) && !/(us|is|ics)$/.test(word));

const singular = (word: string): string => {
  const irregular = IRREGULAR[word];
  if (irregular !== undefined || !isPlural(word)) return irregular ?? word;
  return word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.slice(0, -1);
};

const camel = (words: readonly string[]): string =>
  words
    .flatMap((word) => word.split('-'))
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
