import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import S3rver from 's3rver';
import { SealBroken } from '../../crypto/sealed-box.ts';
import { decryptedStream, encryptedStream } from '../../crypto/sealed-stream.ts';
import { createFileStore } from '../create-file-store.ts';
import type { FileStore } from '../file-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
const S3_PROTOCOL = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: join(folder, 's3'),
  configureBuckets: [{ name: 'bucket', configs: [] }],
});

const stores: Record<string, FileStore> = {};
beforeAll(async () => {
  const { port } = await S3_PROTOCOL.run();
  const s3 = {
    endpoint: `http://127.0.0.1:${port}/bucket`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  };
  const options = { folder: join(folder, 'files'), maxBytes: 1 };
  stores['a folder'] = createFileStore({ files: { ...options, s3: undefined } });
  stores['a bucket'] = createFileStore({ files: { ...options, s3 } });
});
afterAll(async () => {
  await S3_PROTOCOL.close();
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
