import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_SIZE, numberEvents, numberEventsOf } from './number-events.ts';
import { listLeftOverTenants, publishNumbered, publishTenant, type Publishing } from './publish-events.ts';

const BEFORE_ALL_TENANTS = '00000000-0000-0000-0000-000000000000';
const UNTIL_OTHERS_ARE_DONE_MS = 5;
const WAITS_FOR_OTHERS = 20;
const LEFT_OVER_BETWEEN_NEW = 10;

/** The ways of a relay through the outbox. Each ends soon after `signal`. */
export const createPasses = (publishing: Publishing, signal: AbortSignal) => {
  const { database } = publishing;

  /** Reaches every tenant with unnumbered events once. */
  const passTenants = async () => {
    const pass = { isMoreWaiting: false, isHeldByOthers: false };
    let lastTenant: string | undefined = BEFORE_ALL_TENANTS;
    while (lastTenant !== undefined && !signal.aborted) {
      const batch = await numberEvents(database, lastTenant);
      await publishNumbered(publishing, batch.events);
      pass.isHeldByOthers ||= batch.tenantsHeldByOthers > 0;
      pass.isMoreWaiting ||= batch.lastTenant !== undefined;
      lastTenant = batch.lastTenant;
    }
    return pass;
  };

  const publishUnnumbered = async () => {
    for (let waits = 0; !signal.aborted;) {
      const { isMoreWaiting, isHeldByOthers } = await passTenants();
      if (isHeldByOthers && waits++ < WAITS_FOR_OTHERS) await sleep(UNTIL_OTHERS_ARE_DONE_MS);
      else if (!isMoreWaiting) return;
    }
  };

  /** New events keep going in between: after a loss this may be long. */
  const publishLeftOver = async () => {
    for (const [i, tenantId] of (await listLeftOverTenants(publishing)).entries()) {
      if (signal.aborted) return;
      await publishTenant(publishing, tenantId);
      if (i % LEFT_OVER_BETWEEN_NEW === 0) await publishUnnumbered();
    }
  };

  /** The short way to the events of tenants that are known to have some. Whether it was enough. */
  const publishOf = async (tenantIds: readonly string[]): Promise<boolean> => {
    if (tenantIds.length === 0 || tenantIds.length > BATCH_SIZE) return false;
    const { events, all } = await numberEventsOf(database, tenantIds);
    await publishNumbered(publishing, events);
    return all;
  };

  return { publishUnnumbered, publishLeftOver, publishOf };
};
