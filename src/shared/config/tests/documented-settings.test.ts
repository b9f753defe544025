import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Environment, parseConfig } from '../config.ts';
import { configurationPage } from '../configuration-page.ts';

const names = Object.keys(Environment.shape).sort();
const example = readFileSync('.env.example', 'utf8');

describe('.env.example', () => {
  test('names every variable, and no other', () => {
    const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(names);
  });

  test('has the defaults, except for a login that everybody has to choose', () => {
    const { DB_USER, DB_PASSWORD, ...settings } = parseEnv(example);
    expect([DB_USER, DB_PASSWORD]).toEqual(['your_username', 'your_password']);
    expect(parseConfig(settings)).toEqual(parseConfig({}));
  });
});

describe('docs/configuration.md', () => {
  test('explains every variable with its default, as the schema has it', () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage(Environment));
  });
});
