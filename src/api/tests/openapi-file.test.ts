import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { firstDifference, writeOpenApi } from '../openapi-file.ts';
import { teaRoutes } from './fake-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
const file = join(folder, 'openapi.json');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const write = (...options: string[]) =>
  writeOpenApi([teaRoutes()], { appName: 'Teas', version: '1.0.0' }, file, options);

describe('the file of the document', () => {
  test('is written, and then found to be up to date', () => {
    expect(write('--check')).toContain('is out of date');
    expect(write()).toBeUndefined();
    expect(write('--check')).toBeUndefined();
  });

  test('is found out of date where a route has changed, and left as it is', () => {
    write();
    const old = readFileSync(file, 'utf8').replace('List the teas', 'List teas');
    writeFileSync(file, old);
    expect(write('--check')).toContain('out of date at /paths/~1teas/get/summary;');
    expect(readFileSync(file, 'utf8')).toBe(old);
  });
});

test('a difference is the first value, name or order of names that is not the same', () => {
  expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBeUndefined();
  expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe('/a/1/b');
  expect(firstDifference({ a: 1 }, { a: 1, b: 2 })).toBe('/b');
  expect(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe('/');
});
