import { duplicateOf, type Redis } from '../shared/utils/redis.ts';

const ignore = (): undefined => undefined;

/** The adapter leaves promises of commands behind that nobody awaits; when Redis is away these reject. */
const withoutStrayRejections = (redis: Redis): Redis => {
  const send = redis.sendCommand.bind(redis) as (...command: unknown[]) => unknown;
  redis.sendCommand = (...command: unknown[]) => {
    const answer = send(...command);
    if (answer instanceof Promise) answer.catch(ignore);
    return answer;
  };
  // The adapter sees each failure at the command that failed.
  redis.on('error', ignore);
  return redis;
};

export type AdapterConnections = {
  /** Fails fast, so that local delivery goes on while Redis is away. Its duplicates wait, since the adapter reads in a loop without pause. */
  readonly publishing: Redis;
  readonly close: () => Promise<void>;
};

/** The adapter's own connections, to where `redis` leads. */
export const createAdapterConnections = (redis: Redis): AdapterConnections => {
  const publishing = withoutStrayRejections(duplicateOf(redis));
  const reading: Redis[] = [];
  const duplicate = () => {
    const waiting = { maxRetriesPerRequest: null, commandTimeout: undefined };
    const connection = withoutStrayRejections(duplicateOf(redis, waiting, { patient: true }));
    reading.push(connection);
    return connection;
  };
  Object.assign(publishing, { duplicate });
  return {
    publishing,
    close: async () => {
      for (const connection of reading) connection.disconnect();
      await publishing.quit().catch(() => {
        publishing.disconnect();
      });
    },
  };
};
