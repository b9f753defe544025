import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring, Place } from '../../../database/keyring.ts';
import type { StoredWebhook } from '../repositories/webhook.repository.ts';

type Column = 'secret' | 'previous_secret';
const placeOf = (column: Column, id: string): Place => ({ table: 'webhooks', column, id });

export const sealSecret = (tx: Tx, keyring: Keyring, column: Column, id: string, secret: string) =>
  keyring.seal(tx, secret, placeOf(column, id));

export const openSecret = async (db: Db, keyring: Keyring, { id, secret }: StoredWebhook): Promise<string> =>
  (await keyring.open(db, secret, placeOf('secret', id))).toString();

/** The secrets that sign at `now`: the current one, and the one before while it is still good. */
export const secretsOf = async (
  db: Db,
  keyring: Keyring,
  webhook: StoredWebhook,
  now: Date,
): Promise<string[]> => {
  const { id, previousSecret, previousSecretUntil } = webhook;
  const current = await openSecret(db, keyring, webhook);
  if (!previousSecret || !previousSecretUntil || previousSecretUntil <= now) return [current];
  return [current, (await keyring.open(db, previousSecret, placeOf('previous_secret', id))).toString()];
};
