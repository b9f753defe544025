import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type MasterKeys, MasterKeyError } from '../../shared/crypto/master-keys.ts';
import { SealBroken } from '../../shared/crypto/sealed-box.ts';
import { newId } from '../../shared/types/id.ts';
import { systemClock } from '../../shared/utils/clock.ts';
import { createKeyring, type Keyring } from '../keyring.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

const masters = (...ids: string[]): MasterKeys =>
  ids.map((id) => ({ id, key: randomBytes(32) })) as unknown as MasterKeys;

let { database, close } = {} as Awaited<ReturnType<typeof testDatabase>>;
const masterKeys = masters('2027', '2026');
let tenantId: string;
beforeAll(async () => {
  ({ database, close } = await testDatabase());
});
beforeEach(async () => {
  tenantId = newId();
  await database.system.run(sql`
    INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
    VALUES (${bin(tenantId)}, 'A clinic', ${`keys-${tenantId}`}, 'UTC', 'en', '{}', '{}')`);
});
afterAll(async () => {
  // The keys of the master keys that only this file knows would stop every other server on this database.
  await database.system.run(sql`DELETE FROM tenant_keys WHERE master_key_id IN ('2026', '2027')`);
  await close();
});

const place = { table: 'things', column: 'secret', id: newId() };
const aKeyring = (keys = masterKeys) => createKeyring(keys, systemClock);
const seal = (keyring: Keyring, text = 'secret') =>
  database.transaction({ tenantId }, (tx) => keyring.seal(tx, text, place));
const open = async (keyring: Keyring, sealed: Buffer, from = place) =>
  (await keyring.open(database.read(tenantId), sealed, from)).toString();
const keys = () =>
  database.system.many(
    sql`SELECT master_key_id AS master, status FROM tenant_keys WHERE tenant_id = ${bin(tenantId)}`,
  );

describe('a sealed value', () => {
  test('opens in every process that has the master key', async () => {
    const sealed = await seal(aKeyring());
    expect(await open(aKeyring(), sealed)).toBe('secret');
    expect(sealed.toString('latin1')).not.toContain('secret');
  });

  test('opens neither at another place nor in another tenant', async () => {
    const keyring = aKeyring();
    const sealed = await seal(keyring);
    for (const elsewhere of [
      { ...place, id: newId() },
      { ...place, column: 'other' },
      { ...place, table: 'others' },
    ]) {
      await expect(open(keyring, sealed, elsewhere)).rejects.toThrow(SealBroken);
    }
    await expect(keyring.open(database.read(newId()), sealed, place)).rejects.toThrow(SealBroken);
  });
});

describe('the key of a tenant', () => {
  test('is made once, also for many who need it first at the same time', async () => {
    const [one, other] = [aKeyring(), aKeyring()];
    const sealed = await Promise.all(Array.from({ length: 10 }, (_, i) => seal(i % 2 ? one : other)));
    expect(await keys()).toEqual([{ master: '2027', status: 'active' }]);
    for (const each of sealed) expect(await open(aKeyring(), each)).toBe('secret');
  });

  test('is none if the transaction that made it is undone', async () => {
    const keyring = aKeyring();
    const failing = database.transaction({ tenantId }, async (tx) => {
      await keyring.seal(tx, 'secret', place);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await keys()).toEqual([]);
    expect(await open(aKeyring(), await seal(keyring))).toBe('secret');
  });

  test('is opened by any of the master keys, and new ones are wrapped by the first', async () => {
    const [, old] = masterKeys;
    const sealed = await seal(aKeyring([old as MasterKeys[0]]));
    expect(await open(aKeyring(), sealed)).toBe('secret');
    expect(await keys()).toEqual([{ master: '2026', status: 'active' }]);
  });
});

describe('without the right master key', () => {
  test.each([
    ['none of its name', masters('2028')],
    ['another one of its name', masters('2027')],
  ])('%s: sealing and opening are 503, the check says why', async (_what, wrong) => {
    const sealed = await seal(aKeyring());
    const keyring = aKeyring(wrong);
    const unavailable = { problem: { code: 'unavailable' }, cause: expect.any(MasterKeyError) as unknown };
    await expect(open(keyring, sealed)).rejects.toMatchObject(unavailable);
    await expect(seal(keyring)).rejects.toMatchObject(unavailable);
    await expect(keyring.query(database.read(tenantId), 'word')).rejects.toMatchObject(unavailable);
    await expect(keyring.check(database.system)).rejects.toThrow(MasterKeyError);
  });
});

describe('the index', () => {
  beforeAll(async () => {
    await database.system.run(sql`
      CREATE TABLE IF NOT EXISTS indexed_things (tenant_id BINARY(16) NOT NULL, id BINARY(16) NOT NULL PRIMARY KEY,
        words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, FULLTEXT KEY ft_words (words))`);
  });
  afterAll(() => database.system.run(sql`DROP TABLE indexed_things`));

  const add = async (keyring: Keyring, text: string) => {
    const id = newId();
    await database.transaction({ tenantId }, async (tx) => {
      const words = await keyring.index(tx, text);
      await tx.run(
        sql`INSERT INTO indexed_things (tenant_id, id, words) VALUES (${tx.tenant}, ${bin(id)}, ${words})`,
      );
    });
    return id;
  };
  const search = async (keyring: Keyring, text: string) => {
    const query = await keyring.query(database.read(tenantId), text);
    const found = await database.read(tenantId).many<{ id: string }>(sql`
      SELECT id FROM indexed_things WHERE tenant_id = ${bin(tenantId)}
        AND MATCH (words) AGAINST (${query} IN BOOLEAN MODE) ORDER BY id`);
    return found.map(({ id }) => id);
  };

  test('finds rows by all words, also short ones and those that servers leave out of their indexes', async () => {
    const keyring = aKeyring();
    const first = await add(keyring, 'A cough about 3 days old, and naïve to it');
    const second = await add(keyring, 'Cough');
    expect(await search(keyring, 'COUGH')).toEqual([first, second]);
    for (const q of ['about', 'a', '3', 'naive', 'cough the about'.replace('the ', ''), 'it +to -a'])
      expect(await search(keyring, q)).toEqual([first]);
    expect(await search(keyring, 'cough fever')).toEqual([]);
  });

  test('of one tenant finds nothing of another, whose words look different', async () => {
    const keyring = aKeyring();
    await add(keyring, 'cough');
    const words = await keyring.query(database.read(tenantId), 'cough');
    tenantId = newId();
    await database.system.run(sql`
      INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
      VALUES (${bin(tenantId)}, 'Another', ${`keys-${tenantId}`}, 'UTC', 'en', '{}', '{}')`);
    await add(keyring, 'fever');
    expect(await keyring.query(database.read(tenantId), 'cough')).not.toBe(words);
    expect(await search(keyring, 'cough')).toEqual([]);
  });

  test('is not asked where nothing can be indexed yet', async () => {
    expect(await aKeyring().query(database.read(tenantId), 'cough')).toBeUndefined();
  });
});
