/** Whether people can go on working while a statement of a migration runs, with the version before and with this one. */
export type Verdict = {
  /** Tables that the statement changes and that were there before. */
  readonly tables: readonly string[];
  /** Why they cannot; empty where they can. */
  readonly faults: readonly string[];
  /** What the migration says about that. */
  readonly excuse: string | undefined;
};

/** These stay small however much is booked; whatever else there is counts as large. */
export const SMALL_TABLES: ReadonlySet<string> = new Set([
  'tenants',
  'tenant_domains',
  'tenant_keys',
  'custom_roles',
  'locations',
  'rooms',
  'services',
  'maintenance_notices',
  'notification_templates',
  'medical_note_templates',
]);

const EXCUSE = /^\s*-- blocking: (.{20,})$/m;
const NAME = '`?(\\w+)`?';
const on = (pattern: string) => new RegExp(`^${pattern.replace('{}', NAME)}`, 'i');

const ALTER = on('ALTER TABLE {}');
const INDEX = on('(?:CREATE (?:UNIQUE |FULLTEXT |SPATIAL )?|DROP )INDEX `?\\w+`? ON {}');
const CREATE = on('CREATE TABLE (?:IF NOT EXISTS )?{}');
/** The table that rows are written into, and whatever is read for it. */
const WRITES = on('(?:UPDATE|DELETE(?: \\w+)? FROM|INSERT INTO|REPLACE INTO) {}');
const READS = new RegExp(`(?:FROM|JOIN) ${NAME}`, 'gi');
const GONE = on(
  '(?:DROP TABLE (?:IF EXISTS )?|TRUNCATE (?:TABLE )?|RENAME TABLE |OPTIMIZE TABLE |LOCK TABLES ){}',
);

/** With these words the server refuses what it could do only by letting others wait. MySQL takes no LOCK beside INSTANT. */
const ONLINE = /ALGORITHM\s*=\s*INSTANT\b|ALGORITHM\s*=\s*INPLACE\b[\s,]*LOCK\s*=\s*NONE\b/i;

/** What no server does beside others, or what the version before cannot live with, whatever the statement says of itself. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\b(?:MODIFY|CHANGE)(?: COLUMN)? /i, 'changes what is in a column: add another one and fill it meanwhile'],
  [
    /\bADD (?:CONSTRAINT \S+ )?FOREIGN KEY/i,
    'adds a foreign key, for which every row is checked while writers wait',
  ],
  [/\bADD (?:CONSTRAINT \S+ )?CHECK/i, 'adds a check, for which every row is read while writers wait'],
  [/\b(?:ADD |CREATE )(?:FULLTEXT|SPATIAL) /i, 'adds an index of words or places, which lets writers wait'],
  [/\b(?:ADD|DROP) PRIMARY KEY/i, 'changes the primary key, which writes the whole table anew'],
  [/\) STORED\b/i, 'adds a stored generated column, which writes the whole table anew'],
  [/\bCONVERT TO\b|\bENGINE\s*=|\bORDER BY\b|\bFORCE\b/i, 'writes the whole table anew'],
  [
    /\bDROP (?:COLUMN )?(?!KEY|INDEX|CONSTRAINT|FOREIGN|CHECK|PRIMARY)`?\w+/i,
    'drops a column that the version before may still use',
  ],
  [/\bRENAME (?:COLUMN|TO|AS)\b/i, 'renames what the version before uses'],
];

const isForcedColumn = (line: string): boolean =>
  /\bADD (?:COLUMN )?(?!KEY|INDEX|UNIQUE|CONSTRAINT|FOREIGN|CHECK|FULLTEXT|PRIMARY|SPATIAL)`?\w+`? .*\bNOT NULL\b/i.test(
    line,
  ) && !/\bDEFAULT\b|\bAS \(|AUTO_INCREMENT/i.test(line);

export const withoutComments = (statement: string): string =>
  statement
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .trim();

const faultsOfChange = (text: string): string[] => {
  const faults = FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, fault]) => fault);
  if (text.split('\n').some(isForcedColumn))
    faults.push(
      'adds a column without a default that may not be NULL: the version before cannot insert rows any more',
    );
  if (!ONLINE.test(text))
    faults.push(
      'does not say ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE, with which the server refuses to let others wait',
    );
  return faults;
};

/** `isOld` tells the tables that were there before the migrations that are looked at. */
export const judge = (statement: string, isOld: (table: string) => boolean): Verdict => {
  const text = withoutComments(statement);
  const flat = text.replaceAll(/\s+/g, ' ');
  const excuse = EXCUSE.exec(statement)?.[1];
  const changed = (ALTER.exec(flat) ?? INDEX.exec(flat))?.[1];
  if (changed !== undefined) {
    const faults = isOld(changed) && !SMALL_TABLES.has(changed) ? faultsOfChange(text) : [];
    return { tables: [changed].filter(isOld), faults, excuse };
  }
  const gone = GONE.exec(flat)?.[1];
  if (gone !== undefined) {
    const faults = isOld(gone) ? ['takes away or locks a table that the version before may still use'] : [];
    return { tables: [gone].filter(isOld), faults, excuse };
  }
  const written = WRITES.exec(flat)?.[1];
  if (written === undefined) return { tables: [], faults: [], excuse };
  const read = [...flat.matchAll(READS)].map(([, table = '']) => table);
  const tables = [...new Set([written, ...read])].filter(isOld);
  const isLarge = (flat.startsWith('INSERT') || flat.startsWith('REPLACE') ? read : tables).some(
    (table) => isOld(table) && !SMALL_TABLES.has(table),
  );
  return {
    tables,
    faults: isLarge
      ? ['goes over all rows of a large table in one transaction: fill in portions, in the background']
      : [],
    excuse,
  };
};

/** The table that a statement makes. */
export const madeBy = (statement: string): string | undefined =>
  CREATE.exec(withoutComments(statement).replaceAll(/\s+/g, ' '))?.[1];
