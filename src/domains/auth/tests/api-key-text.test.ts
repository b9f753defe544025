import { expect, test } from '@jest/globals';
import { bin } from '../../../database/sql.ts';
import { newId } from '../../../shared/types/id.ts';
import {
  hashOfApiKey,
  hintOfApiKey,
  looksLikeApiKey,
  newApiKey,
  tenantOfApiKey,
} from '../models/api-key-text.ts';

const LOWEST = '00000000-0000-0000-0000-000000000000';
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

test.each([newId(), LOWEST, HIGHEST])('a key names its tenant, %s, and has one form', (tenantId) => {
  for (let i = 0; i < 50; i++) {
    const key = newApiKey(bin(tenantId));
    expect(key).toMatch(/^das_[0-9A-Za-z]{71}$/);
    expect(looksLikeApiKey(key)).toBe(true);
    expect(tenantOfApiKey(key)).toBe(tenantId);
    expect(key.endsWith(hintOfApiKey(key))).toBe(true);
  }
});

test('no two keys are the same, nor their hashes', () => {
  const keys = Array.from({ length: 100 }, () => newApiKey(bin(LOWEST)));
  expect(new Set(keys).size).toBe(100);
  expect(new Set(keys.map((key) => hashOfApiKey(key).toString('hex'))).size).toBe(100);
});

test('text that is no key names nobody, whichever character is wrong', () => {
  const key = newApiKey(bin(newId()));
  for (let at = 0; at < key.length; at++) {
    const other = key[at] === 'x' ? 'y' : 'x';
    expect(tenantOfApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBeUndefined();
  }
  for (const text of ['', 'das_', key.slice(1), `${key}0`, `das_${'z'.repeat(71)}`])
    expect(tenantOfApiKey(text)).toBeUndefined();
});
