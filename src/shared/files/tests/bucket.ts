import crypto from 'node:crypto';
import S3rver from 's3rver';
import type { S3Config } from '../s3-store.ts';

type Make<Made> = (cipher: string, key: Buffer, iv: Buffer) => Made;

/** The peer hides where a list goes on by DES, which OpenSSL 3 has no more: with the same key three times, its successor is the same. */
const knowingDes =
  <Made>(make: Make<Made>): Make<Made> =>
  (cipher, key, iv) =>
    cipher === 'des' ? make('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : make(cipher, key, iv);
Object.assign(crypto, {
  createCipheriv: knowingDes(crypto.createCipheriv),
  createDecipheriv: knowingDes(crypto.createDecipheriv),
});

/** A bucket of a peer that speaks S3 and keeps what it is given in `directory`, also for the next that is started there. */
export const startBucket = async (
  directory: string,
  port = 0,
): Promise<{ s3: S3Config; port: number; stop(): Promise<void> }> => {
  const peer = new S3rver({
    port,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'bucket', configs: [] }],
  });
  const address = await peer.run();
  const s3 = {
    endpoint: `http://127.0.0.1:${address.port}/bucket`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  };
  return { s3, port: address.port, stop: () => peer.close() };
};
