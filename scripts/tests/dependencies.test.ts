import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { areInstalled } from '../servers/dependencies.mjs';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
const lock = (packages: object) => JSON.stringify({ packages });

test('dependencies count as installed while npm itself says that the lock file is what it installed', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };
  writeFileSync(join(root, 'package-lock.json'), lock(wanted));
  expect(areInstalled(root)).toBe(false);

  mkdirSync(join(root, 'node_modules'));
  expect(areInstalled(root)).toBe(false);

  const installed = join(root, 'node_modules', '.package-lock.json');
  writeFileSync(installed, lock({ 'node_modules/a': { version: '1.0.0' } }));
  expect(areInstalled(root)).toBe(true);

  writeFileSync(installed, lock({ 'node_modules/a': { version: '0.9.0' } }));
  expect(areInstalled(root)).toBe(false);

  writeFileSync(join(root, 'node_modules', '.yarn-integrity'), '');
  expect(areInstalled(root)).toBe(true);
});
