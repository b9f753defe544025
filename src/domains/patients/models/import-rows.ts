import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { invalid } from '../../../shared/utils/errors.ts';
import { CreatePatient } from '../validators/patient.ts';
import { fieldOf, type ImportField, neededFields } from './import-columns.ts';
import { isFutureDate } from './patient.ts';
import type { ImportFinding, Reading } from './import.ts';

export type CsvRow = { readonly line: number; readonly cells: readonly string[] };
type Parsed = { readonly info: { readonly lines: number }; readonly record: string[] };

const DELIMITERS = [';', ',', '\t'];

/** The delimiter that the heading has most of, outside quotes. */
const delimiterOf = (csv: string): string => {
  const heading = (csv.split(/\r?\n/, 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: heading.split(delimiter).length }));
  return counted.reduce((most, each) => (each.count > most.count ? each : most)).delimiter;
};

const linesIn = (cells: readonly string[]): number =>
  cells.reduce((lines, cell) => lines + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1);

/** Every row with the line on which it begins. 422 for a text that is no CSV (RFC 4180). */
export const rowsOf = (csv: string, delimiter: string): CsvRow[] => {
  try {
    const parsed = parse(csv, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as Parsed[];
    return parsed.map(({ info, record }) => ({ line: info.lines - linesIn(record) + 1, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? ` near line ${error['lines']}` : '';
    throw invalid('/csv', `has quotes that do not fit${line}`);
  }
};

type Wanted = {
  readonly delimiter?: string | undefined;
  readonly mapping: Readonly<Record<string, ImportField>>;
  readonly keepDuplicates: boolean;
};

/** How to read the text, told by its heading. 422 where a needed column is missing, or two mean the same. */
export const readingOf = (csv: string, wanted: Wanted): { reading: Reading; rows: CsvRow[] } => {
  const delimiter = wanted.delimiter ?? delimiterOf(csv.replace(/^\ufeff/, ''));
  const [heading, ...rows] = rowsOf(csv, delimiter);
  if (!heading) throw invalid('/csv', 'has no heading');
  const columns = heading.cells.map((cell) => fieldOf(cell, wanted.mapping) ?? null);
  const named = columns.filter((column) => column !== null);
  const twice = named.find((field, at) => named.indexOf(field) !== at);
  if (twice !== undefined) throw invalid('/csv', `has two columns that mean ${twice}; name one in mapping`);
  const missing = neededFields.filter((field) => !named.includes(field));
  if (missing.length > 0) {
    throw invalid('/csv', `has no column for ${missing.join(', ')}; name the columns in mapping`);
  }
  const ignoredColumns = heading.cells
    .filter((_cell, at) => columns[at] === null)
    .map((cell) => cell.slice(0, 100));
  return { reading: { delimiter, columns, ignoredColumns, keepDuplicates: wanted.keepDuplicates }, rows };
};

const SEXES: Readonly<Record<string, string>> = {
  f: 'female',
  w: 'female',
  weiblich: 'female',
  m: 'male',
  mannlich: 'male',
  männlich: 'male',
  d: 'other',
  divers: 'other',
  x: 'other',
};

/** Dates as they are written with dots, day first, are read too; with slashes nobody knows which comes first. */
const isoDate = (text: string): string => {
  const [, day = '', month = '', year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
};

const patientIn = (given: Readonly<Partial<Record<ImportField, string>>>) => {
  const {
    dateOfBirth,
    sex,
    emergencyContactName: name,
    emergencyContactPhone: phone,
    emergencyContactRelationship: relationship,
    ...others
  } = given;
  const emergencyContact = { name, phone, relationship };
  return {
    ...others,
    dateOfBirth: dateOfBirth && isoDate(dateOfBirth),
    ...(sex !== undefined && { sex: SEXES[sex.toLowerCase()] ?? sex.toLowerCase() }),
    ...((name ?? phone ?? relationship) !== undefined && { emergencyContact }),
  };
};

export type ReadRow =
  { readonly line: number; readonly patient: CreatePatient } | { readonly errors: ImportFinding[] };

const errorAt = (line: number, field: string | null, detail: string): ImportFinding => ({
  line,
  kind: 'error',
  field,
  detail,
  patientId: null,
});

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inside, name) => (inside as Record<PropertyKey, unknown> | undefined)?.[name], value);

/** The patient whom a row describes, or everything that is wrong with it. An empty cell says nothing. */
export const readRow = ({ line, cells }: CsvRow, { columns }: Reading, now: Date): ReadRow => {
  if (cells.length > columns.length) {
    return { errors: [errorAt(line, null, `has ${cells.length} cells; the heading has ${columns.length}`)] };
  }
  const given = Object.fromEntries(
    columns.flatMap((field, at) => (field !== null && cells[at] ? [[field, cells[at]]] : [])),
  );
  const patient = patientIn(given);
  const parsed = CreatePatient.safeParse(patient);
  if (parsed.success && isFutureDate(parsed.data.dateOfBirth, now)) {
    return { errors: [errorAt(line, 'dateOfBirth', 'must not be in the future')] };
  }
  if (parsed.success) return { line, patient: parsed.data };
  const faults = parsed.error.issues.map(({ path, message }) =>
    errorAt(line, path.join('.'), valueAt(patient, path) === undefined ? 'is missing' : message),
  );
  return { errors: faults };
};
