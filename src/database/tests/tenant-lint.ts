/** A table as a statement names it. */
type Mention = { readonly table: string; readonly alias: string; readonly isInserted: boolean };

const TABLE = /\b(FROM|JOIN|INTO|UPDATE|,)\s+`?(\w+)`?(?=(?:\s+(?:AS\s+)?`?(\w+)`?)?)/gi;
/** Words behind a table that are no alias of it. */
const NO_ALIAS =
  /^(WHERE|SET|ON|JOIN|INNER|LEFT|RIGHT|CROSS|STRAIGHT_JOIN|FORCE|USE|IGNORE|ORDER|GROUP|HAVING|LIMIT|FOR|LOCK|VALUES|SELECT|UNION|USING)$/i;

const mentionsIn = (text: string, tables: ReadonlySet<string>): Mention[] =>
  [...text.matchAll(TABLE)].flatMap(([, word = '', table = '', alias = '']) => {
    if (!tables.has(table)) return [];
    const isInserted = word.toUpperCase() === 'INTO';
    return [{ table, alias: alias === '' || NO_ALIAS.test(alias) ? table : alias, isInserted }];
  });

const comparisons = (text: string, name: string): number =>
  [
    ...text.matchAll(
      new RegExp(
        `(?<![\\w.])${name}\\)? *(=|<=>|>|IN\\b)|= *${name}\\b|\\(${name}, [^)]*\\) *(=|IN\\b)`,
        'gi',
      ),
    ),
  ].length;

const isInColumns = (text: string, table: string): boolean =>
  new RegExp(`INTO \`?${table}\`? *\\([^)]*\\btenant_id\\b`, 'i').test(text);

/**
 * The tables of `text`, a statement on one line, that it reads or changes without saying of which tenant: each has to
 * be compared by the `tenant_id` of its alias or, for as many as there are comparisons of a bare one, by that.
 */
export const tablesWithoutTenant = (text: string, tenantTables: ReadonlySet<string>): string[] => {
  const mentions = mentionsIn(text, tenantTables);
  const inserted = mentions.filter(({ table, isInserted }) => isInserted && !isInColumns(text, table));
  const open = mentions.filter(
    ({ alias, isInserted }) => !isInserted && comparisons(text, `${alias}\\.tenant_id`) === 0,
  );
  const isNamed = open.length <= comparisons(text, 'tenant_id') || /USING \(tenant_id/i.test(text);
  return [...inserted, ...(isNamed ? [] : open)].map(({ table }) => table);
};
