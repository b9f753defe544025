import { expect, test } from '@jest/globals';
import { csvLines } from '../csv.ts';

test('a table for spreadsheets quotes what would break it, and runs nothing', async () => {
  const rows = [
    ['plain', 'with "quotes", and a comma', 'two\nlines'],
    [1.5, null, '=1+1'],
    [-1, true, ''],
  ];
  const lines: string[] = [];
  for await (const line of csvLines(['a', 'b', 'c'], rows)) lines.push(line);
  expect(lines).toEqual([
    'a,b,c\r\n',
    'plain,"with ""quotes"", and a comma","two\nlines"\r\n',
    "1.5,,'=1+1\r\n",
    '-1,true,\r\n',
  ]);
});
