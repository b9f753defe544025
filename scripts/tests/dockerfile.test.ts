import { describe, expect, test } from '@jest/globals';
import { contextFilter, execForm, readDockerfile } from '../image/dockerfile.mjs';

describe('a Dockerfile', () => {
  test('is read in stages, lines that go on put together, comments left out', () => {
    const text = `# syntax=docker/dockerfile:1
FROM node:24 AS build
COPY package.json package-lock.json ./

FROM node:24
# Only what is needed.
COPY --from=build /app/dist dist
HEALTHCHECK --interval=10s --timeout=3s \\
  CMD ["node", "-e", "a && b"]
`;
    const [build, last] = readDockerfile(text);
    expect(build).toEqual({
      base: 'node:24',
      name: 'build',
      instructions: [{ word: 'COPY', flags: {}, text: 'package.json package-lock.json ./' }],
    });
    expect(last?.name).toBeUndefined();
    expect(last?.instructions[0]).toEqual({
      word: 'COPY',
      flags: { from: 'build' },
      text: '/app/dist dist',
    });
    expect(execForm(last?.instructions[1]?.text ?? '')).toEqual(['node', '-e', 'a && b']);
  });
});

describe('a .dockerignore', () => {
  const lets = contextFilter(['*', '!src', '!package.json', 'src/**/tests', 'src/**/*.test.ts'].join('\n'));

  test.each([
    ['package.json', true],
    ['src/a/b.ts', true],
    ['src/tests/a.ts', false],
    ['src/a/b/tests/c.ts', false],
    ['src/a/b.test.ts', false],
    ['src/latest/a.ts', true],
    ['.env', false],
    ['tests/a.test.ts', false],
    ['package.json.old', false],
  ])('decides by the last pattern that fits: %s, %s', (path, expected) => {
    expect(lets(path)).toBe(expected);
  });
});
