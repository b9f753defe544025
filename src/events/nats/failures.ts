/** Numbers of the JetStream API. */
const STREAM_NOT_FOUND = 10_059;
const WRONG_LAST_SEQUENCE = 10_071;
const WRONG_LAST_SEQUENCE_UNKNOWN = 10_164;
const NAME_IN_USE = 10_058;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

export const isStreamMissing = (error: unknown): boolean => codeOf(error) === STREAM_NOT_FOUND;
/** Somebody else has published to the subject in the meantime. */
export const isOvertaken = (error: unknown): boolean =>
  codeOf(error) === WRONG_LAST_SEQUENCE || codeOf(error) === WRONG_LAST_SEQUENCE_UNKNOWN;
/** A stream of the name is there, with other settings. */
export const isOtherwise = (error: unknown): boolean => codeOf(error) === NAME_IN_USE;
/** Nobody listens to the subject: there is no stream for it, or it cannot be reached just now. */
export const isUnheard = (error: unknown): boolean =>
  error instanceof Error && error.name === 'JetStreamNotEnabled';
