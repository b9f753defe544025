import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { defaultRateLimits, rateClasses, rateScopes } from '../rate-limits.ts';

const PAGE = 'docs/security.md';
const page = readFileSync(PAGE, 'utf8');

test('every file that docs/security.md names is there', () => {
  const inCode = [...page.matchAll(/`((?:src|tests|scripts|docs)\/[^`\s]+|\.[\w-]+\.cjs)`/g)].map(
    ([, path = '']) => path,
  );
  const linked = [...page.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, path = '']) => join(dirname(PAGE), path));
  expect(inCode.length).toBeGreaterThan(50);
  expect([...inCode, ...linked].filter((path) => !existsSync(path))).toEqual([]);
});

test('its table of rate limits has the defaults of production', () => {
  const limits = defaultRateLimits(false);
  const unitOf = { 60_000: 'minute', 3_600_000: 'hour' } as Record<number, string>;
  for (const rateClass of rateClasses) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${rateClass}\``)) ?? '';
    const cells = row
      .split('|')
      .slice(3, 6)
      .map((cell) => cell.trim());
    const expected = rateScopes.map((scope) => {
      const { limit, windowMs } = limits[scope][rateClass];
      return `${limit}/${unitOf[windowMs] ?? ''}`;
    });
    expect([rateClass, ...cells]).toEqual([rateClass, ...expected]);
  }
});
