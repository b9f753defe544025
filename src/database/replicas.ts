import { type Address, textOf } from '../shared/config/addresses.ts';
import { PLATFORM } from '../shared/types/id.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { Reader, WriteMarks } from '../shared/utils/write-marks.ts';
import { repeatedly } from '../shared/utils/repeatedly.ts';
import { createPool, type BoundedPool, type DatabaseConfig } from './pool.ts';
import { type Queries, queriesBy } from './queries.ts';
import { bin, sql } from './sql.ts';
import type { DatabaseWatch } from './watch.ts';

const LOOK_EVERY_MS = 500;
/** The primary is there as well. */
const WAITS_AT_MOST_MS = 1_000;
/** Clocks of machines differ, and a look takes its time. */
const MARGIN_MS = 1_000;

/** A server that has what the primary had a moment ago. */
export type Replica = {
  readonly name: string;
  readonly pool: BoundedPool;
  /** It has failed: it is left out until it was seen well again. */
  leaveOut(error: unknown): void;
};

/** Replicas, and who may read from them. */
export type Copies = {
  /** One that is not too far behind for the reader, in turns; `undefined`: the primary. */
  for(reader: Reader): Promise<Replica | undefined>;
  end(): Promise<void>;
};

/** For so long after a write a replica may not have it, and be in use all the same. */
export const behindAtMostMs = (maxLagMs: number): number => maxLagMs + 2 * LOOK_EVERY_MS + MARGIN_MS;

/** Says when it is, at the primary. Replicas repeat it, each when it has got so far. */
export const beat = async (db: Queries): Promise<void> => {
  await db.run(sql`
    INSERT INTO replica_beats (tenant_id, beat_at) VALUES (${bin(PLATFORM)}, UTC_TIMESTAMP(3))
    ON DUPLICATE KEY UPDATE beat_at = VALUES(beat_at)`);
};
export const BEAT_EVERY_MS = LOOK_EVERY_MS;

const lagOf = async (pool: BoundedPool): Promise<number> => {
  const connection = await pool.acquire();
  try {
    const row = await queriesBy(connection.execute).one<{ lagMs: number | string }>(sql`
      SELECT TIMESTAMPDIFF(MICROSECOND, beat_at, UTC_TIMESTAMP(3)) / 1000 AS lagMs
      FROM replica_beats WHERE tenant_id = ${bin(PLATFORM)}`);
    return Number(row?.lagMs ?? Infinity);
  } finally {
    connection.release();
  }
};

type CopyDeps = {
  readonly marks: Pick<WriteMarks, 'mayReadOld'>;
  readonly config: DatabaseConfig & {
    readonly replicaAddresses: readonly Address[];
    readonly replicaMaxLagMs: number;
  };
  readonly watch: DatabaseWatch;
  readonly logger: Logger;
};

/** Looks again and again how far behind each replica is. One that is away, or too far behind, serves nobody. */
export const createCopies = ({ config, marks, watch, logger }: CopyDeps): Copies => {
  const acquireTimeoutMs = Math.min(config.acquireTimeoutMs, WAITS_AT_MOST_MS);
  const members = config.replicaAddresses.map((address) => ({
    address,
    pool: createPool({ ...config, ...address, otherAddresses: [], acquireTimeoutMs }, watch),
    goodUntil: 0,
    isOut: true,
  }));
  type Member = (typeof members)[number];

  const leaveOut = (member: Member, why: object) => {
    member.goodUntil = 0;
    if (!member.isOut) logger.warn({ ...why, replica: member.address }, 'A replica is left out');
    member.isOut = true;
  };
  const look = async (member: Member) => {
    const startedAt = performance.now();
    try {
      const lagMs = await lagOf(member.pool);
      if (lagMs > config.replicaMaxLagMs) {
        leaveOut(member, { lagMs: Math.round(lagMs) });
        return;
      }
      member.goodUntil = startedAt + 2 * LOOK_EVERY_MS;
      if (member.isOut) logger.info({ replica: member.address }, 'A replica is read from');
      member.isOut = false;
    } catch (error) {
      leaveOut(member, { err: error });
    }
  };
  const rounds = members.map((member, i) =>
    repeatedly({ name: `replica ${i + 1}`, everyMs: LOOK_EVERY_MS, logger, act: () => look(member) }),
  );
  let turn = 0;

  return {
    for: async (reader) => {
      if (!(await marks.mayReadOld(reader))) return undefined;
      const now = performance.now();
      const good = members.filter(({ goodUntil }) => goodUntil > now);
      turn += 1;
      const member = good[turn % good.length];
      return (
        member && {
          name: textOf(member.address),
          pool: member.pool,
          leaveOut: (error) => {
            leaveOut(member, { err: error });
          },
        }
      );
    },
    end: async () => {
      await Promise.all(rounds.map(({ stop }) => stop()));
      await Promise.all(members.map(({ pool }) => pool.end()));
    },
  };
};
