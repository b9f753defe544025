import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { prepareDataFolder } from '../servers/data-folder.mjs';
import type { DatabaseEngine, Version } from '../servers/programs.mjs';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
let count = 0;

/** Opens a data folder that one program made with another. */
function reopen(before: [DatabaseEngine, Version], now: [DatabaseEngine, Version]) {
  count += 1;
  const folder = join(root, String(count));
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'made-by.json'), JSON.stringify({ engine: before[0], version: before[1] }));
  const program = { engine: now[0], version: now[1], command: '/nowhere/server' };
  return prepareDataFolder({ folder, program, log: join(folder, 'log') });
}

describe('a data folder', () => {
  test.each<[string, [DatabaseEngine, Version], [DatabaseEngine, Version]]>([
    ['another engine', ['mysql', [8, 4, 3]], ['mariadb', [11, 8, 1]]],
    ['an older MySQL', ['mysql', [8, 4, 3]], ['mysql', [8, 4, 2]]],
    ['an older MariaDB series', ['mariadb', [11, 8, 1]], ['mariadb', [10, 11, 9]]],
    ['a MySQL that is two series ahead', ['mysql', [8, 0, 40]], ['mysql', [9, 1, 0]]],
  ])('is refused to %s, with the ways out', async (_, before, now) => {
    await expect(reopen(before, now)).rejects.toThrow(
      /cannot open it\.\nUse .* again, or .*npm run dev -- --reset/,
    );
  });

  test.each<[string, [DatabaseEngine, Version], [DatabaseEngine, Version], string]>([
    ['the same version', ['mysql', [8, 4, 3]], ['mysql', [8, 4, 3]], 'kept'],
    ['a newer MySQL', ['mysql', [8, 0, 40]], ['mysql', [8, 4, 3]], 'upgraded'],
    ['a newer MariaDB', ['mariadb', [10, 11, 9]], ['mariadb', [11, 8, 1]], 'upgraded'],
    ['an older patch of the same MariaDB', ['mariadb', [10, 11, 9]], ['mariadb', [10, 11, 6]], 'kept'],
  ])('opens with %s', async (_, before, now, outcome) => {
    expect(await reopen(before, now)).toBe(outcome);
  });
});
