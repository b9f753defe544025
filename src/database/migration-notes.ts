import { readdir, readFile } from 'node:fs/promises';
import { MIGRATIONS } from './migration-files.ts';

/** What the migration files say about the schema in words, and in SQL that every server stores differently. */
export type MigrationNotes = {
  /** The tables that each file makes, in the order of the files. */
  readonly chapters: readonly { readonly file: string; readonly tables: readonly string[] }[];
  /** Comments above `CREATE TABLE`, by table. */
  readonly tables: ReadonlyMap<string, string>;
  /** Comments above a column, by `table.column`. */
  readonly columns: ReadonlyMap<string, string>;
  /** Conditions of CHECK constraints and expressions of generated columns, by constraint and by `table.column`. */
  readonly expressions: ReadonlyMap<string, string>;
};

const TABLE = /^(?:CREATE|ALTER) TABLE `?(\w+)/;
const COLUMN = /^\s*(?:(?:ADD|MODIFY) COLUMN )?`?([a-z]\w*)`? [A-Z]/;
const CHECK = /CONSTRAINT `?(\w+)`?\s+CHECK \(/g;
const GENERATED = /^\s*(?:(?:ADD|MODIFY) COLUMN )?`?([a-z]\w*)`? [^;,]*?GENERATED ALWAYS AS \(/gm;

/** What stands between the bracket that opens before `start` and the one that closes it, on one line. */
const bracketed = (text: string, start: number): string => {
  let depth = 1;
  let end = start;
  for (; depth > 0 && end < text.length; end++) {
    if (text[end] === '(') depth += 1;
    if (text[end] === ')') depth -= 1;
  }
  return text
    .slice(start, end - 1)
    .replaceAll(/\s+/g, ' ')
    .trim();
};

type Draft = { file: string; tables: string[] };

/** Reads `files` in their order. A comment belongs to the line below it; an empty line lets it go. */
export const parseMigrations = (
  files: readonly { readonly name: string; readonly text: string }[],
): MigrationNotes => {
  const chapters: Draft[] = [];
  const tables = new Map<string, string>();
  const columns = new Map<string, string>();
  const expressions = new Map<string, string>();

  for (const { name, text } of files) {
    const chapter: Draft = { file: name, tables: [] };
    chapters.push(chapter);
    let table = '';
    let comment: string[] = [];
    for (const line of text.split('\n')) {
      const words = /^\s*--\s?(.*)$/.exec(line)?.[1];
      if (words !== undefined) {
        if (!words.startsWith('blocking: ')) comment.push(words);
        continue;
      }
      const named = TABLE.exec(line)?.[1];
      const column = COLUMN.exec(line)?.[1];
      if (named !== undefined) {
        table = named;
        if (line.startsWith('CREATE')) chapter.tables.push(named);
        if (comment.length > 0) tables.set(named, comment.join(' '));
      } else if (column !== undefined && comment.length > 0) {
        columns.set(`${table}.${column}`, comment.join(' '));
      }
      comment = [];
    }
    for (const statement of text.split(/;[ \t]*\n/)) {
      const of = /^(?:CREATE|ALTER) TABLE `?(\w+)/m.exec(statement)?.[1] ?? '';
      for (const match of statement.matchAll(CHECK))
        expressions.set(match[1] ?? '', bracketed(statement, match.index + match[0].length));
      for (const match of statement.matchAll(GENERATED))
        expressions.set(`${of}.${match[1] ?? ''}`, bracketed(statement, match.index + match[0].length));
    }
  }
  return { chapters, tables, columns, expressions };
};

export const readMigrationNotes = async (folder = MIGRATIONS): Promise<MigrationNotes> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const files = names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') }));
  return parseMigrations(await Promise.all(files));
};
