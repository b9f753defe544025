import { type Sql, sql } from './sql.ts';

/** A statement that a transaction, its `owner`, has asked for; `resolve` is there where somebody waits for the outcome. */
export type Asked = {
  readonly statement: Sql;
  readonly owner?: object | undefined;
  readonly resolve?: unknown;
};
/** What goes to the server as one statement, and who asked for it. */
export type Merged<A extends Asked> = { readonly statement: Sql; readonly askers: readonly A[] };

/** Rows may stand in one statement where both what comes before the first and what comes behind the last are the same. */
type Insertion = {
  readonly head: string;
  readonly rows: string;
  readonly tail: string;
  readonly rowCount: number;
};

/** Values only in rows, and nothing but values in these. */
const INSERTION =
  /^(INSERT\s+INTO\s+\w+\s*\([\w\s,]*\)\s*VALUES\s*)((?:\([?\s,]+\)[\s,]*)+)((?:ON DUPLICATE KEY UPDATE [^?]*)?)$/i;
const LONGEST_TEXT = 4_000;
const MOST_TEXTS = 2_000;
const known = new Map<string, Insertion | undefined>();

const insertionOf = ({ text }: Sql): Insertion | undefined => {
  if (text.length > LONGEST_TEXT) return undefined;
  if (known.has(text)) return known.get(text);
  const [, head, rows, tail] = INSERTION.exec(text.trim()) ?? [];
  const isWhole = head !== undefined && rows !== undefined && tail !== undefined;
  const found = isWhole ? { head, rows: rows.trim(), tail, rowCount: rows.split('(').length - 1 } : undefined;
  if (known.size >= MOST_TEXTS) known.clear();
  known.set(text, found);
  return found;
};

/** How many rows an insertion that may be merged brings. */
export const rowCountOf = (statement: Sql): number => insertionOf(statement)?.rowCount ?? 0;

type Group<A> = { readonly insertion: Insertion | undefined; readonly askers: A[] };

/** With `ON DUPLICATE KEY UPDATE` nobody could be told how many of the rows are theirs. */
const fits = <A extends Asked>(group: Group<A>, { head, tail }: Insertion, { resolve }: A): boolean =>
  group.insertion?.head === head &&
  group.insertion.tail === tail &&
  (tail === '' || (resolve === undefined && group.askers.every((asker) => asker.resolve === undefined)));

const statementOf = <A extends Asked>({ insertion, askers }: Group<A>): Sql => {
  const statements = askers.map(({ statement }) => statement);
  const [first, ...others] = statements;
  if (first === undefined) throw new Error('Nobody has asked for the statement');
  if (insertion === undefined || others.length === 0) return first;
  const rows = statements.map((statement) => insertionOf(statement)?.rows).join(', ');
  return {
    ...sql``,
    text: `${insertion.head}${rows} ${insertion.tail}`,
    values: statements.flatMap(({ values }) => values),
    ...(first.name !== undefined && { name: first.name }),
  };
};

/**
 * Puts insertions into the same table together, as far as each transaction keeps the order of its own. Those of different
 * transactions may change places, since none of these depends on another. Nothing passes a statement that is no insertion.
 */
export const mergeInsertions = <A extends Asked>(asked: readonly A[]): Merged<A>[] => {
  const groups: Group<A>[] = [];
  /** For each transaction, the place of its last insertion. */
  const reached = new Map<object | undefined, number>();
  let floor = 0;
  for (const each of asked) {
    const insertion = insertionOf(each.statement);
    const from = Math.max(floor, reached.get(each.owner) ?? 0);
    const place = insertion
      ? groups.findIndex((group, at) => at >= from && fits(group, insertion, each))
      : -1;
    if (place >= 0) groups[place]?.askers.push(each);
    else groups.push({ insertion, askers: [each] });
    if (insertion) reached.set(each.owner, place >= 0 ? place : groups.length - 1);
    else floor = groups.length;
  }
  return groups.map((group) => ({ statement: statementOf(group), askers: group.askers }));
};
