/** The Redis keys of the event stream. The prefix is their hash tag: one script must reach both in a cluster. */
export const streamKeys = (prefix: string) => ({
  stream: `${prefix}:stream`,
  /** For each tenant, the last sequence that the stream was given. */
  published: `${prefix}:published`,
});
export type StreamKeys = ReturnType<typeof streamKeys>;
