import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { programFolder } from '../shared/utils/program-folder.ts';

/** Where the migrations of this installation are. */
export const MIGRATIONS = pathToFileURL(`${programFolder}/database/migrations/`);

export type Migration = {
  readonly name: string;
  /** SHA-256 over the file, so that a change after the fact is noticed. */
  readonly checksum: string;
  readonly statements: readonly string[];
};

const isComment = (line: string) => line.trimStart().startsWith('--');
const endsStatement = (line: string) => !isComment(line) && /;\s*(--.*)?$/.test(line);
const isStatement = (text: string) => text.split('\n').some((line) => line.trim() !== '' && !isComment(line));

/** A statement ends with a semicolon at the end of a line; one in a comment ends nothing. */
export const splitStatements = (text: string): string[] => {
  const statements: string[] = [];
  let lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    lines.push(endsStatement(line) ? line.replace(/;\s*(--.*)?$/, '') : line);
    if (!endsStatement(line)) continue;
    statements.push(lines.join('\n'));
    lines = [];
  }
  return [...statements, lines.join('\n')].filter(isStatement).map((statement) => statement.trim());
};

/** The migrations of a folder, in the order of their names. */
export const readMigrations = async (folder: URL): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { name, checksum, statements: splitStatements(text) };
    }),
  );
};
