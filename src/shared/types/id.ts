import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import { z } from 'zod';
import { systemClock } from '../utils/clock.ts';

/** A UUID as lower-case text: version 7 where we make it (RFC 9562), so that keys grow with time. */
export const Id = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a lower-case UUID')
  .meta({ format: 'uuid', example: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e' });

/** The tenant of the operators of the installation. It is no clinic: what a clinic's users may call, nobody calls for it. */
export const PLATFORM = '00000000-0000-7000-8000-000000000000';

const BYTES_OF_AN_ID = 16;
const supply = Buffer.alloc(BYTES_OF_AN_ID * 256);
let used = supply.length;

/** Taken from a supply: to ask for a few random bytes takes longer than all else about an id. */
const randomBytes = (): Buffer => {
  if (used === supply.length) {
    randomFillSync(supply);
    used = 0;
  }
  used += BYTES_OF_AN_ID;
  return supply.subarray(used - BYTES_OF_AN_ID, used);
};

const last = { msecs: 0, seq: 0 };

/** Ids of one process grow, also within a millisecond: there the 32 bits behind the time count (RFC 9562, section 6.2, method 1). */
export const newId = (): string => {
  const random = randomBytes();
  const now = systemClock.now().getTime();
  if (now > last.msecs) {
    last.msecs = now;
    // Half of the numbers are left for what follows in the same millisecond.
    last.seq = random.readUInt32BE() >>> 1;
  } else {
    last.seq = (last.seq + 1) >>> 0;
    if (last.seq === 0) last.msecs += 1;
  }
  return v7({ random, msecs: last.msecs, seq: last.seq });
};
