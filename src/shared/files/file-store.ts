/** There is no such file, as far as the store itself can tell. */
export class FileMissing extends Error {}

/** Where files are kept. Keys are like paths: `tenant/id`. What goes in is encrypted already. */
export type FileStore = {
  /** Either the whole file is there afterwards, or nothing. */
  put(key: string, content: AsyncIterable<Buffer>): Promise<void>;
  /** Rejects with {@link FileMissing} if there is no such file. */
  get(key: string): Promise<AsyncIterable<Buffer>>;
  /** The keys of all whole files whose keys begin with `folder/`. */
  list(folder: string): Promise<string[]>;
  /** Also where there is no such file. */
  remove(key: string): Promise<void>;
  /**
   * Removes files whose keys begin with `folder/`, and pieces of some that never became whole, `limit` at most. How many; fewer
   * than `limit`: there are no more.
   */
  removeSome(folder: string, limit: number): Promise<number>;
};
