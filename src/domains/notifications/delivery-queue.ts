import type { QueueOptions, Worker } from 'bullmq';
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
  /** Whether it can be asked just now. */
  isThere(): boolean;
  /** Rejects soon where Redis does not answer. */
  add(jobs: readonly Job[]): Promise<void>;
  /** How many jobs wait in each queue; rejects where Redis does not answer. */
  depths(): Promise<Record<string, number>>;
  /** Resolves when it takes jobs. */
  start(): Promise<void>;
  /** Ends after the sending under way. */
  stop(): Promise<void>;
};

const AT_ONCE = 10;
const ANSWER_WITHIN_MS = 2_000;
const A_MINUTE_MS = 60_000;

/** One queue for each channel, so that a provider that is slow holds up nobody else, each with the pace that its provider takes. */
export const createDeliveryQueue = ({ config, logger, channels, send }: DeliveryQueueDeps): DeliveryQueue => {
  /** Redis that is away is reported by its connection. */
  const silence = () => undefined;

  const workerOf = (BullWorker: typeof Worker, channel: OuterChannel, options: QueueOptions): Worker<Job> => {
    const worker = new BullWorker<Job>(
      channel,
      async ({ data }) => {
        await send(data).catch((error: unknown) => {
          logger.warn({ err: error, channel }, 'A delivery was interrupted; it will be taken up again');
        });
      },
      {
        ...options,
        concurrency: AT_ONCE,
        limiter: { max: config.notifications.perMinute[channel], duration: A_MINUTE_MS },
      },
    );
    worker.on('error', silence);
    return worker;
  };

  const open = async () => {
    // Loaded while the process serves already: it takes as long as half of the rest.
    const { Queue, Worker } = await import('bullmq');
    const connection = createRedis(config.redis, logger, { blocking: true });
    const options = { connection, prefix: `${config.streamPrefix}:deliveries`, skipVersionCheck: true };
    const queues = new Map([...channels].map((channel) => [channel, new Queue<Job>(channel, options)]));
    for (const queue of queues.values()) queue.on('error', silence);
    return {
      connection,
      queues,
      workers: [...channels].map((channel) => workerOf(Worker, channel, options)),
    };
  };
  let opening: ReturnType<typeof open> | undefined;
  let opened: Awaited<ReturnType<typeof open>> | undefined;

  const addTo = async (channel: OuterChannel, jobs: readonly Job[]) => {
    await opened?.queues.get(channel)?.addBulk(
      jobs.map((job) => ({
        name: 'send',
        data: job,
        opts: { jobId: `${job.id}-${job.attempts}`, removeOnComplete: true, removeOnFail: true },
      })),
    );
  };
  const isThere = () => opened?.connection.status === 'ready';

  return {
    isThere,
    add: async (jobs) => {
      const added = [...channels].map((channel) => {
        const own = jobs.filter((job) => job.channel === channel);
        return own.length === 0 ? Promise.resolve() : addTo(channel, own);
      });
      await within(Promise.all(added), ANSWER_WITHIN_MS);
    },
    depths: async () => {
      const queues = [...(opened?.queues ?? [])];
      const depths = queues.map(async ([channel, queue]) => [
        channel,
        await queue.getJobCountByTypes('waiting', 'delayed', 'prioritized'),
      ]);
      return Object.fromEntries(await Promise.all(depths)) as Record<string, number>;
    },
    start: async () => {
      if (channels.size === 0) return;
      opening = open();
      opened = await opening;
    },
    stop: async () => {
      const last = await opening;
      if (!last) return;
      const { connection, queues, workers } = last;
      const isForced = !isThere();
      await Promise.all(workers.map((worker) => worker.close(isForced)));
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
