import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { placeOfSecret, type SecretColumn } from '../repositories/sealed.repository.ts';
import type { StoredWebhook } from '../repositories/webhook.repository.ts';

export const sealSecret = (tx: Tx, keyring: Keyring, column: SecretColumn, id: string, secret: string) =>
  keyring.seal(tx, secret, placeOfSecret(column, id));

export const openSecret = async (db: Db, keyring: Keyring, { id, secret }: StoredWebhook): Promise<string> =>
  (await keyring.open(db, secret, placeOfSecret('secret', id))).toString();

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
  return [current, (await keyring.open(db, previousSecret, placeOfSecret('previous_secret', id))).toString()];
};
