import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address',
  url: 'an address',
  uuid: 'a UUID',
};
const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items', object: ' fields' };

const amount = (bound: number | bigint, origin: string): string => {
  const unit = UNITS[origin] ?? '';
  return `${bound}${Number(bound) === 1 ? unit.replace(/s$/, '') : unit}`;
};
const verb = (origin: string): string => (origin in UNITS ? 'must have' : 'must be');

const ofSmall = ({ origin, minimum, inclusive = true }: Issue & { code: 'too_small' }): string => {
  if (origin === 'string' && Number(minimum) === 1) return 'must not be empty';
  return `${verb(origin)} ${inclusive ? 'at least' : 'more than'} ${amount(minimum, origin)}`;
};

const ofBig = ({ origin, maximum, inclusive = true }: Issue & { code: 'too_big' }): string =>
  `${verb(origin)} ${inclusive ? 'at most' : 'less than'} ${amount(maximum, origin)}`;

/** What is wrong, for people who read the pointer before it; nothing where the schema's own words do. */
export const plainFault = (issue: Issue): string | undefined => {
  const isValue =
    issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
  if (isValue && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected];
    return kind && `must be ${kind}`;
  }
  if (issue.code === 'too_small') return ofSmall(issue);
  if (issue.code === 'too_big') return ofBig(issue);
  if (issue.code === 'not_multiple_of') return `must be a multiple of ${issue.divisor}`;
  if (issue.code === 'invalid_format') {
    const format = FORMATS[issue.format];
    return format && `must be ${format}`;
  }
  if (issue.code !== 'invalid_value') return undefined;
  return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
};
