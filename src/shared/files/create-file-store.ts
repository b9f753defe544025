import type { Config } from '../config/config.ts';
import type { FileStore } from './file-store.ts';
import { createFolderStore } from './folder-store.ts';
import { createS3Store } from './s3-store.ts';

/** A bucket if one is configured, else a folder. */
export const createFileStore = ({ files }: Pick<Config, 'files'>): FileStore =>
  files.s3 ? createS3Store(files.s3) : createFolderStore(files.folder);
