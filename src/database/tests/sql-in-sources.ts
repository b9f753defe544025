import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** One `sql` template with what is known of the fragments in it; what is not known is `?`. */
export type Statement = { readonly file: string; readonly line: number; readonly text: string };

type Fragments = ReadonlyMap<string, ts.TemplateLiteral>;

const isSql = (node: ts.Node): node is ts.TaggedTemplateExpression =>
  ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'sql';

const descendants = (node: ts.Node): ts.Node[] => {
  const found: ts.Node[] = [];
  node.forEachChild((child) => {
    found.push(child, ...descendants(child));
  });
  return found;
};

/** The constants of the file, and the functions that only answer a fragment, by name. */
const fragmentsOf = (nodes: readonly ts.Node[]): Fragments => {
  const fragments = new Map<string, ts.TemplateLiteral>();
  for (const node of nodes) {
    if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isIdentifier(node.name)) continue;
    const { initializer } = node;
    const value = ts.isArrowFunction(initializer) ? initializer.body : initializer;
    if (isSql(value)) fragments.set(node.name.text, value.template);
  }
  return fragments;
};

const nameOf = (expression: ts.Expression): string =>
  ts.isCallExpression(expression) ? expression.expression.getText() : expression.getText();

const textOf = (template: ts.TemplateLiteral, fragments: Fragments): string => {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  const spans = template.templateSpans.map(({ expression, literal }) => {
    const inner = isSql(expression) ? expression.template : fragments.get(nameOf(expression));
    return `${inner && inner !== template ? textOf(inner, fragments) : '?'}${literal.text}`;
  });
  return template.head.text + spans.join('');
};

/** Every `sql` template of the product's sources that is a statement, not a part of one. */
export const sqlStatements = (folder: string): Statement[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('tests/'))
    .sort()
    .flatMap((path) => {
      const file = `${folder}/${path}`;
      const text = readFileSync(file, 'utf8');
      if (!text.includes('sql`')) return [];
      return statementsIn(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), file);
    });

const statementsIn = (source: ts.SourceFile, file: string): Statement[] => {
  const nodes = descendants(source);
  const fragments = fragmentsOf(nodes);
  return nodes.filter(isSql).flatMap((node) => {
    const text = textOf(node.template, fragments).replaceAll(/\s+/g, ' ').trim();
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    return /^(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b/i.test(text) ? [{ file, line, text }] : [];
  });
};
