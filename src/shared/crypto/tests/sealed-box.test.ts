import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type MasterKey, MasterKeyError, unwrapKey, wrapKey } from '../master-keys.ts';
import { closeBox, keyIdOf, openBox, SealBroken } from '../sealed-box.ts';

const aKey = () => ({ id: randomBytes(16), key: randomBytes(32) });
const PLACE = 'tenant/notes.content/1';

describe('a sealed box', () => {
  test.each(['', 'a', 'Łukasz Þórsson: κεφαλαλγία', 'x'.repeat(100_000)])(
    'opens to what was put in',
    (text) => {
      const key = aKey();
      const box = closeBox(key, Buffer.from(text), PLACE);
      expect(openBox(key.key, box, PLACE).toString()).toBe(text);
      expect(keyIdOf(box)).toEqual(key.id);
      expect(box.length).toBeLessThan(Buffer.byteLength(text) + 64);
    },
  );

  test('never looks the same twice', () => {
    const key = aKey();
    expect(closeBox(key, Buffer.from('a'), PLACE)).not.toEqual(closeBox(key, Buffer.from('a'), PLACE));
  });

  test('does not open under another key or at another place', () => {
    const key = aKey();
    const box = closeBox(key, Buffer.from('secret'), PLACE);
    expect(() => openBox(aKey().key, box, PLACE)).toThrow(SealBroken);
    expect(() => openBox(key.key, box, 'tenant/notes.content/2')).toThrow(SealBroken);
  });

  test('does not open once any of its bytes has changed, or some are missing', () => {
    const key = aKey();
    const box = closeBox(key, Buffer.from('secret'), PLACE);
    for (let at = 0; at < box.length; at++) {
      const changed = Buffer.from(box);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => openBox(key.key, changed, PLACE)).toThrow(SealBroken);
      expect(() => openBox(key.key, box.subarray(0, at), PLACE)).toThrow(SealBroken);
    }
  });
});

describe('a wrapped key', () => {
  const aMaster = (id: string): MasterKey => ({ id, key: randomBytes(32) });
  const [old, young] = [aMaster('2026'), aMaster('2027')];
  const dataKey = randomBytes(32);
  const wrapped = wrapKey([old], dataKey, PLACE);

  test('is unwrapped by the master key that wrapped it, wherever that stands', () => {
    expect(unwrapKey([young, old], wrapped, PLACE)).toEqual(dataKey);
    expect(wrapKey([young, old], dataKey, PLACE).masterKeyId).toBe('2027');
  });

  test('names the master key that is missing, or the one that is wrong', () => {
    expect(() => unwrapKey([young], wrapped, PLACE)).toThrow(/"2026", which is not configured/);
    expect(() => unwrapKey([aMaster('2026')], wrapped, PLACE)).toThrow(/"2026" is not the one/);
    expect(() => unwrapKey([old], wrapped, 'elsewhere')).toThrow(MasterKeyError);
  });
});
