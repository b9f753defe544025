import { describe, expect, test } from '@jest/globals';
import { splitStatements } from '../migration-files.ts';

describe('a migration file', () => {
  test('is split where a line ends with a semicolon', () => {
    expect(splitStatements('CREATE TABLE a (\n  b INT\n);\n\nDROP TABLE c;\n')).toEqual([
      'CREATE TABLE a (\n  b INT\n)',
      'DROP TABLE c',
    ]);
  });

  test.each([
    ['with Windows line ends', 'SELECT 1;\r\nSELECT 2;\r\n', ['SELECT 1', 'SELECT 2']],
    ['without a last semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['with a comment behind the semicolon', 'SELECT 1; -- the first\nSELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['with a semicolon inside a line', "INSERT INTO a VALUES ('b;c');", ["INSERT INTO a VALUES ('b;c')"]],
    [
      'with a semicolon at the end of a comment',
      'CREATE TABLE a (\n  -- in cents;\n  b INT\n);',
      ['CREATE TABLE a (\n  -- in cents;\n  b INT\n)'],
    ],
    ['with comments only', '-- nothing;\n\n  -- at all\n', []],
    ['that is empty', '', []],
  ])('%s', (_how, text, statements) => {
    expect(splitStatements(text)).toEqual(statements);
  });
});
