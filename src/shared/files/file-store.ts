/** Where files are kept. Keys are like paths: `tenant/id`. What goes in is encrypted already. */
export type FileStore = {
  /** Either the whole file is there afterwards, or nothing. */
  put(key: string, content: AsyncIterable<Buffer>): Promise<void>;
  /** Rejects if there is no such file. */
  get(key: string): Promise<AsyncIterable<Buffer>>;
  /** Also where there is no such file. */
  remove(key: string): Promise<void>;
};
