import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SealBroken } from '../../crypto/sealed-box.ts';
import { decryptedStream, encryptedStream } from '../../crypto/sealed-stream.ts';
import { createFileStore } from '../create-file-store.ts';
import type { FileStore } from '../file-store.ts';
import { startBucket } from './bucket.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));

const stores: Record<string, FileStore> = {};
let bucket: Awaited<ReturnType<typeof startBucket>>;
beforeAll(async () => {
  bucket = await startBucket(join(folder, 's3'));
  const { s3 } = bucket;
  const options = { folder: join(folder, 'files'), maxBytes: 1 };
  stores['a folder'] = createFileStore({ files: { ...options, s3: undefined } });
  stores['a bucket'] = createFileStore({ files: { ...options, s3 } });
  stores['no bucket'] = createFileStore({
    files: { ...options, s3: { ...s3, endpoint: `${s3.endpoint}-2` } },
  });
});
afterAll(async () => {
  await bucket.stop();
  rmSync(folder, { recursive: true });
});

async function* inPieces(content: Buffer, size = 10_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) {
    yield await Promise.resolve(content.subarray(at, at + size));
  }
}
const read = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe.each(['a folder', 'a bucket'])('%s', (name) => {
  const store = () => stores[name] as FileStore;

  test.each([1, 70_000, 8 * 1024 * 1024, 19 * 1024 * 1024 + 17])(
    'gives %d bytes back as they were',
    async (bytes) => {
      const content = randomBytes(bytes);
      await store().put('tenant/one', inPieces(content, 100_000));
      expect((await read(await store().get('tenant/one'))).equals(content)).toBe(true);
    },
  );

  test('keeps nothing of what breaks off', async () => {
    const breaking = async function* () {
      yield* inPieces(randomBytes(9 * 1024 * 1024), 1_000_000);
      throw new Error('broken');
    };
    await expect(store().put('tenant/broken', breaking())).rejects.toThrow('broken');
    await expect(store().get('tenant/broken')).rejects.toThrow();
    expect(readdirSync(folder, { recursive: true }).filter((path) => String(path).endsWith('.part'))).toEqual(
      [],
    );
  });

  test('lists the files of one folder, and none that is in another or not whole', async () => {
    for (const key of ['lists/one', 'lists/two', 'lists-more/three'])
      await store().put(key, inPieces(Buffer.from(key)));
    expect((await store().list('lists')).sort()).toEqual(['lists/one', 'lists/two']);
    expect(await store().list('nothing')).toEqual([]);
  });

  test('removes a file, and one that is not there', async () => {
    await store().put('tenant/two', inPieces(Buffer.from('two')));
    await store().remove('tenant/two');
    await expect(store().get('tenant/two')).rejects.toThrow();
    await store().remove('tenant/two');
  });

  test('removes the files of one folder a few at a time, and no others', async () => {
    const keys = ['leaving/1', 'leaving/2', 'leaving/3', 'leaving-not/1', 'staying/1'];
    for (const key of keys) await store().put(key, inPieces(Buffer.from(key)));
    expect(await store().removeSome('leaving', 2)).toBe(2);
    expect(await store().list('leaving')).toHaveLength(1);
    expect(await store().removeSome('leaving', 2)).toBe(1);
    expect(await store().removeSome('leaving', 2)).toBe(0);
    for (const left of ['leaving-not', 'staying']) expect(await store().list(left)).toHaveLength(1);
  });
});

test('a folder goes with the pieces that a process has left of a file', async () => {
  const path = join(folder, 'files', 'broken-off');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'one.part'), 'a piece');
  expect(await stores['a folder']?.removeSome('broken-off', 2)).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test('a bucket that is not there does not count as empty', async () => {
  await expect(stores['no bucket']?.removeSome('tenant', 2)).rejects.toThrow();
});

describe('an encrypted stream', () => {
  const key = randomBytes(32);
  const seal = (content: Buffer) => read(encryptedStream(key, inPieces(content)));
  const open = (sealed: Buffer) => read(decryptedStream(key, inPieces(sealed, 7_777)));

  test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 300_000])('opens to what was %d bytes', async (bytes) => {
    const content = randomBytes(bytes);
    expect((await open(await seal(content))).equals(content)).toBe(true);
  });

  test('does not open when it is cut off, shuffled or changed anywhere', async () => {
    const chunk = 65_536 + 16;
    const sealed = await seal(randomBytes(200_000));
    const [first, second, rest] = [
      sealed.subarray(0, chunk),
      sealed.subarray(chunk, 2 * chunk),
      sealed.subarray(2 * chunk),
    ];
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(150_000) ^ 1, 150_000);
    for (const wrong of [
      first,
      Buffer.concat([first, second]),
      Buffer.concat([second, first, rest]),
      sealed.subarray(0, -1),
      changed,
      Buffer.alloc(0),
    ])
      await expect(open(wrong)).rejects.toThrow(SealBroken);
  });
});
