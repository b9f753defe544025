import type { Config } from '../../shared/config/config.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { BusBed } from './bus-bed.ts';
import { hasNats, natsBed, type PrivateNats, startPrivateNats } from './nats-bed.ts';
import { redisBed } from './redis-bed.ts';

/** What every test of a bus is run with. `start` comes before the first test of a file. */
export type BusUnderTest = {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  bed(config: Config, logger: Logger): BusBed;
};

const redis: BusUnderTest = {
  name: 'Redis',
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  bed: redisBed,
};

const nats = (): BusUnderTest => {
  let server: PrivateNats | undefined;
  return {
    name: 'NATS',
    start: async () => {
      server = await startPrivateNats();
    },
    stop: async () => server?.remove(),
    bed: (_config, logger) => {
      if (!server) throw new Error('NATS was not started');
      return natsBed(server, logger);
    },
  };
};

export const busesUnderTest: readonly BusUnderTest[] = [redis, ...(hasNats ? [nats()] : [])];
