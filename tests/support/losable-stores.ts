import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/shared/config/config.ts';
import { startBucket } from '../../src/shared/files/tests/bucket.ts';

const MAX_BYTES = 1_000;

/** Where a server keeps files, with a way to lose it for a while. */
export type LosableStore = {
  readonly files: Config['files'];
  lose(tenantId: string): Promise<void>;
  find(tenantId: string): Promise<void>;
  stop(): Promise<void>;
};

/** Root may read everything; but a file is no folder, whoever asks. */
export const startFolder = (directory: string): Promise<LosableStore> => {
  const [folder, aside] = [join(directory, 'files'), join(directory, 'aside')];
  const place = (tenantId: string) => join(folder, tenantId);
  return Promise.resolve({
    files: { folder, maxBytes: MAX_BYTES, s3: undefined },
    lose: (tenantId: string) => {
      renameSync(place(tenantId), aside);
      writeFileSync(place(tenantId), '');
      return Promise.resolve();
    },
    find: (tenantId: string) => {
      rmSync(place(tenantId));
      renameSync(aside, place(tenantId));
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  });
};

export const startS3 = async (directory: string): Promise<LosableStore> => {
  let bucket = await startBucket(join(directory, 's3'));
  const { s3, port } = bucket;
  return {
    files: { folder: directory, maxBytes: MAX_BYTES, s3 },
    lose: () => bucket.stop(),
    find: async () => {
      bucket = await startBucket(join(directory, 's3'), port);
    },
    stop: () => bucket.stop(),
  };
};
