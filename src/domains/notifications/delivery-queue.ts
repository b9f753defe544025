import { Queue, Worker } from 'bullmq';
import type { Config } from '../../shared/config/config.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import { createRedis } from '../../shared/utils/redis.ts';
import type { OuterChannel } from './models/kind.ts';
import type { Job } from './repositories/delivery.repository.ts';

export type DeliveryQueueDeps = {
  config: Pick<Config, 'redis' | 'streamPrefix'> & {
    readonly notifications: Pick<Config['notifications'], 'perMinute'>;
  };
  logger: Logger;
  channels: ReadonlySet<OuterChannel>;
  send: (job: Job) => Promise<void>;
};

/** Names the rows that are to be sent; losing it loses nothing. */
export type DeliveryQueue = {
  /** Rejects soon where Redis is away. */
  add(jobs: readonly Job[]): Promise<void>;
  start(): void;
  /** Ends after the sending under way. */
  stop(): Promise<void>;
};

const AT_ONCE = 10;
const ANSWER_WITHIN_MS = 2_000;
const A_MINUTE_MS = 60_000;

/** One queue for each channel, so that a provider that is slow holds up nobody else, each with the pace that its provider takes. */
export const createDeliveryQueue = ({ config, logger, channels, send }: DeliveryQueueDeps): DeliveryQueue => {
  const connection = createRedis(config.redis, logger, { blocking: true });
  const options = { connection, prefix: `${config.streamPrefix}:deliveries` };
  /** Redis that is away is reported by its connection. */
  const silence = () => undefined;

  const queues = new Map(
    [...channels].map((channel) => [channel, new Queue<Job>(channel, { ...options, skipVersionCheck: true })]),
  );
  for (const queue of queues.values()) queue.on('error', silence);
  let workers: Worker<Job>[] = [];

  const workerOf = (channel: OuterChannel): Worker<Job> => {
    const worker = new Worker<Job>(
      channel,
      async ({ data }) => {
        await send(data).catch((error: unknown) => {
          logger.warn({ err: error, channel }, 'A delivery was interrupted; it will be taken up again');
        });
      },
      {
        ...options,
        skipVersionCheck: true,
        concurrency: AT_ONCE,
        limiter: { max: config.notifications.perMinute[channel], duration: A_MINUTE_MS },
      },
    );
    worker.on('error', silence);
    return worker;
  };

  const addTo = async (channel: OuterChannel, jobs: readonly Job[]) => {
    await queues.get(channel)?.addBulk(
      jobs.map((job) => ({
        name: 'send',
        data: job,
        opts: { jobId: `${job.id}-${job.attempts}`, removeOnComplete: true, removeOnFail: true },
      })),
    );
  };

  return {
    add: async (jobs) => {
      if (connection.status !== 'ready') throw new Error('Redis is away');
      const added = Promise.all(
        [...queues.keys()].map((channel) => {
          const own = jobs.filter((job) => job.channel === channel);
          return own.length === 0 ? undefined : addTo(channel, own);
        }),
      );
      await within(added, ANSWER_WITHIN_MS);
    },
    start: () => {
      workers = [...channels].map(workerOf);
    },
    stop: async () => {
      const isThere = connection.status === 'ready';
      await Promise.all(workers.map((worker) => worker.close(!isThere)));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
};

const within = async (work: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('Redis does not answer'));
    }, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
};
