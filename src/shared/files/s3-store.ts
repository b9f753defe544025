import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { S3mini } from 's3mini';
import { FileMissing, type FileStore } from './file-store.ts';

export type S3Config = {
  /** With the bucket: `https://s3.example.org/bucket`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

/** S3 takes no smaller part, except as the last one. */
const PART_BYTES = 8 * 1024 * 1024;
const TYPE = 'application/octet-stream';

/** A stream in parts that are held in memory one at a time. */
async function* parts(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(chunks);
    [chunks, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(chunks);
}

/** Files in a bucket of S3, or of whatever speaks its protocol. Larger ones are sent in parts. */
export const createS3Store = (config: S3Config): FileStore => {
  const s3 = new S3mini(config);

  const sendParts = async (key: string, first: Buffer, rest: AsyncIterable<Buffer>): Promise<void> => {
    const uploadId = await s3.getMultipartUploadId(key, TYPE);
    try {
      const sent = [await s3.uploadPart(key, uploadId, first, 1)];
      for await (const part of rest) sent.push(await s3.uploadPart(key, uploadId, part, sent.length + 1));
      await s3.completeMultipartUpload(key, uploadId, sent);
    } catch (error) {
      await s3.abortMultipartUpload(key, uploadId).catch(() => undefined);
      throw error;
    }
  };

  return {
    put: async (key, content) => {
      const all = parts(content);
      const first = await all.next();
      if (first.done) throw new Error('An encrypted file is never empty');
      if (first.value.length < PART_BYTES) await s3.putObject(key, first.value, TYPE);
      else await sendParts(key, first.value, all);
    },
    get: async (key) => {
      const body = (await s3.getObjectResponse(key))?.body;
      if (!body) throw new FileMissing(`There is no file ${key} in the bucket`);
      return Readable.fromWeb(body as ReadableStream<Uint8Array>);
    },
    list: async (folder) => ((await s3.listObjects('/', `${folder}/`)) ?? []).map(({ Key: key }) => key),
    remove: async (key) => {
      await s3.deleteObject(key);
    },
    removeSome: async (folder, limit) => {
      const found = await s3.listObjects('/', `${folder}/`, limit);
      if (!found) throw new Error('There is no such bucket');
      for (const { Key: key } of found) await s3.deleteObject(key);
      return found.length;
    },
  };
};
