import type { Redis } from '../../shared/utils/redis.ts';
import { StreamLost } from '../event-bus.ts';
import { fieldValues, type NumberedEvent } from '../stored-event.ts';
import type { StreamKeys } from './stream-keys.ts';

const EVENTS_PER_CALL = 200;
/** Beside the tenants of the hash: that its contents are known to be whole. */
export const WHOLE = 'whole';

/**
 * Appends each event once and in order, whoever else appends and whatever was repeated: a sequence at or below the
 * tenant's last is in the stream already. One above the next is appended only with `force`, else its tenant is answered.
 * Without the mark nothing is appended: this Redis has lost what it knew.
 */
const SCRIPT = `
if redis.call('HEXISTS', KEYS[2], '${WHOLE}') == 0 then return false end
local force, gaps, isGap = ARGV[2] == '1', {}, {}
for i = 3, #ARGV, 8 do
  local tenant, sequence = ARGV[i], tonumber(ARGV[i + 1])
  local last = tonumber(redis.call('HGET', KEYS[2], tenant) or '0')
  if sequence > last then
    if force or sequence == last + 1 then
      local fields = {'tenantId', tenant, 'sequence', ARGV[i + 1], 'id', ARGV[i + 2], 'type', ARGV[i + 3],
        'payload', ARGV[i + 4], 'requestId', ARGV[i + 5], 'occurredAt', ARGV[i + 6]}
      if ARGV[i + 7] ~= '' then
        fields[#fields + 1] = 'traceparent'
        fields[#fields + 1] = ARGV[i + 7]
      end
      redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(fields))
      redis.call('HSET', KEYS[2], tenant, ARGV[i + 1])
    elseif not isGap[tenant] then
      isGap[tenant] = true
      gaps[#gaps + 1] = tenant
    end
  end
end
return gaps`;

type AppendTarget = { readonly redis: Redis; readonly keys: StreamKeys; readonly maxLength: number };

/** What `append` of a bus promises. */
export const appendEvents = async (
  { redis, keys, maxLength }: AppendTarget,
  events: readonly NumberedEvent[],
  { force = false } = {},
): Promise<ReadonlySet<string>> => {
  const gaps = new Set<string>();
  for (let i = 0; i < events.length; i += EVENTS_PER_CALL) {
    const values = events
      .slice(i, i + EVENTS_PER_CALL)
      .flatMap((event) => [event.tenantId, String(event.sequence), ...fieldValues(event)]);
    const { stream, published } = keys;
    const answer = await redis.eval(SCRIPT, 2, stream, published, maxLength, force ? 1 : 0, ...values);
    if (!Array.isArray(answer)) throw new StreamLost();
    for (const tenantId of answer as string[]) gaps.add(tenantId);
  }
  return gaps;
};
