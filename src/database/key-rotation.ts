import { type MasterKeys, unwrapKey, wrapKey } from '../shared/crypto/master-keys.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Database } from './db.ts';
import { type Keyring, placeOfKey } from './keyring.ts';
import type { SealedRows } from './sealed-rows.ts';
import {
  endRotation,
  listRotating,
  listWrappedByOthers,
  markForReplacement,
  retireKeys,
  rewrap,
} from './tenant-keys.ts';

export type KeyRotationDeps = {
  database: Database;
  keyring: Keyring;
  clock: Clock;
  masterKeys: MasterKeys;
  sealed: readonly SealedRows[];
};

export type RotationProgress = {
  readonly tenantId: string;
  readonly what: string;
  readonly done: number;
  readonly total: number;
};
export type RotationOptions = {
  /** Only that tenant's data key; without it, everybody's. */
  readonly tenantId?: string | undefined;
  readonly isStopping?: () => boolean;
  readonly onProgress?: (progress: RotationProgress) => void | Promise<void>;
};
export type RotationReport = {
  /** Since when the rotation has been under way that this one went on with. */
  readonly resumed: Date | undefined;
  readonly tenants: number;
  readonly rows: number;
  readonly isFinished: boolean;
  /** What does not open. Its key stays in use for it. */
  readonly broken: readonly { readonly tenantId: string; readonly what: string; readonly id: string }[];
};

const WRAPPED_AT_ONCE = 100;

/**
 * Changes keys while the product works. What a rotation has to do stands in the database: one that was stopped, or ended
 * in the middle, goes on where it was when it is started again.
 */
export const createKeyRotation = ({ database, keyring, clock, masterKeys, sealed }: KeyRotationDeps) => {
  /** Wraps every data key by the first master key. How many were not. */
  const wrapAnew = async (isStopping: () => boolean): Promise<number> => {
    for (let wrapped = 0; ;) {
      const keys = await listWrappedByOthers(database.system, masterKeys[0].id, WRAPPED_AT_ONCE);
      for (const { tenantId, ...key } of keys) {
        if (isStopping()) return wrapped;
        const place = placeOfKey(tenantId, key.id);
        const again = wrapKey(masterKeys, unwrapKey(masterKeys, key, place), place);
        await database.transaction({ tenantId }, (tx) => rewrap(tx, { id: key.id, ...again }));
        wrapped += 1;
      }
      if (keys.length < WRAPPED_AT_ONCE) return wrapped;
    }
  };

  /** The rotations that were begun and not ended; a new one where there is none. */
  const begin = async (tenantId: string | undefined) => {
    const isWanted = (each: { tenantId: string }) => tenantId === undefined || each.tenantId === tenantId;
    const begun = (await listRotating(database.system)).filter(isWanted);
    if (begun.length > 0) return { tenants: begun, resumed: begun.map(({ since }) => since).sort(byTime)[0] };
    await markForReplacement(database.system, tenantId, clock.now());
    return { tenants: (await listRotating(database.system)).filter(isWanted), resumed: undefined };
  };

  const resealAll = async (
    tenantId: string,
    rows: SealedRows,
    key: Buffer,
    { isStopping = never, onProgress }: RotationOptions,
  ) => {
    const total = await rows.count(database.read(tenantId), key);
    const broken: string[] = [];
    let [done, after, isDone]: [number, string | undefined, boolean] = [0, undefined, total === 0];
    while (!isDone && !isStopping()) {
      const next = await rows.reseal(tenantId, { key, after });
      [done, after, isDone] = [done + next.done, next.after, next.after === undefined];
      broken.push(...next.broken);
      await onProgress?.({ tenantId, what: rows.what, done, total });
    }
    return { done, isDone, broken: broken.map((id) => ({ tenantId, what: rows.what, id })) };
  };

  /** Under the new key comes everything that the old one has sealed; then nothing needs the old one any more. */
  const rotateTenant = async (tenantId: string, options: RotationOptions) => {
    const broken: RotationReport['broken'][number][] = [];
    let done = 0;
    const key = await database.transaction({ tenantId }, (tx) => keyring.renew(tx));
    for (const rows of key ? sealed : []) {
      const resealed = await resealAll(tenantId, rows, key as Buffer, options);
      done += resealed.done;
      broken.push(...resealed.broken);
      if (!resealed.isDone) return { done, broken, isDone: false };
    }
    await database.transaction({ tenantId }, (tx) =>
      broken.length === 0 ? retireKeys(tx) : endRotation(tx),
    );
    return { done, broken, isDone: true };
  };

  return {
    wrapAnew,

    /** Gives tenants a new data key, and seals all that they have anew. */
    rotate: async (options: RotationOptions = {}): Promise<RotationReport> => {
      const { tenants, resumed } = await begin(options.tenantId);
      let [rows, finished]: [number, number] = [0, 0];
      const broken: RotationReport['broken'][number][] = [];
      for (const { tenantId } of tenants) {
        if (options.isStopping?.()) break;
        const one = await rotateTenant(tenantId, options);
        rows += one.done;
        broken.push(...one.broken);
        if (!one.isDone) break;
        finished += 1;
      }
      return { resumed, tenants: finished, rows, isFinished: finished === tenants.length, broken };
    },
  };
};

const never = () => false;
const byTime = (a: Date, b: Date) => a.getTime() - b.getTime();
