import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { PushTarget } from '../models/push-subscription.ts';

const columns = sql`id, user_id AS userId, endpoint, p256dh, auth, created_at AS createdAt`;

export const findSubscription = (db: Db, id: string) =>
  db.one<PushTarget>(sql`
    SELECT ${columns} FROM push_subscriptions WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);

/** One browser has one address, whoever has logged in there. */
export const findSubscriptionByEndpoint = (tx: Tx, endpointHash: Buffer) =>
  tx.one<PushTarget>(sql`
    SELECT ${columns} FROM push_subscriptions
    WHERE tenant_id = ${tx.tenant} AND endpoint_hash = ${endpointHash} FOR UPDATE`);

/** In the order of creation, one row more than `limit`. */
export const listSubscriptions = (
  db: Db,
  userId: string,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
) =>
  db.many<PushTarget>(sql`
    SELECT ${columns} FROM push_subscriptions
    WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)}
      ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);

export const insertSubscription = (tx: Tx, s: PushTarget, endpointHash: Buffer) =>
  tx.run(sql`
    INSERT INTO push_subscriptions (tenant_id, id, user_id, endpoint, endpoint_hash, p256dh, auth, created_at)
    VALUES (${tx.tenant}, ${bin(s.id)}, ${bin(s.userId)}, ${s.endpoint}, ${endpointHash}, ${s.p256dh}, ${s.auth},
      ${s.createdAt})
    ON DUPLICATE KEY UPDATE user_id = VALUES(user_id), p256dh = VALUES(p256dh), auth = VALUES(auth)`);

export const deleteSubscription = async (tx: Tx, userId: string, id: string): Promise<boolean> => {
  const { affectedRows } = await tx.run(sql`
    DELETE FROM push_subscriptions
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND user_id = ${bin(userId)}`);
  return affectedRows > 0;
};

/** A browser that the push service knows no more. */
export const forgetSubscription = (db: Db, id: string) =>
  db.run(sql`DELETE FROM push_subscriptions WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);
