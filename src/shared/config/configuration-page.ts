import { code, table } from '../utils/markdown.ts';
import type { Environment } from './config.ts';
import { explained } from './explained.ts';

const INTRODUCTION = `# Configuration

The server reads its environment, and below it a file \`.env\` in the folder in which it starts. A value that cannot be right stops
the start, and the message names it. A production start with an example secret is refused.

This page is made from the schema of the configuration (\`npm run docs:configuration\`).
`;

const written = (value: unknown): string => {
  if (value === undefined || value === '' || (typeof value === 'object' && !Array.isArray(value)))
    return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : code(value.join(','));
  return code(JSON.stringify(value).replaceAll('"', ''));
};

/** What holds when the variable is not set: in words where they are given, else as the schema has it. */
const defaultOf = (name: keyof typeof explained, schema: typeof Environment): string => {
  const { otherwise } = explained[name];
  if (otherwise !== undefined) return otherwise;
  const value: unknown = schema.shape[name].parse(undefined);
  return written(value);
};

/** The page docs/configuration.md: every variable of the schema with its default and its meaning. */
export const configurationPage = (schema: typeof Environment): string => {
  const names = Object.keys(schema.shape) as (keyof typeof explained)[];
  const rows = names.map((name) => [code(name), defaultOf(name, schema), explained[name].meaning]);
  return `${INTRODUCTION}\n${table(['Variable', 'Default', 'Meaning'], rows)}\n`;
};
