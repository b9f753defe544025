import type { Tx } from '../../../database/db.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { User } from '../models/user.ts';
import { findAccountByEmail } from '../repositories/user.repository.ts';
import type { AccountLinks } from './account-links.ts';

/**
 * Asks by letter for the proof of an address. Where another account has it, its owner is told so, with a way in; whoever
 * asks cannot tell which letter it was.
 */
export const askForProof = async (
  links: AccountLinks,
  tx: Tx,
  ctx: Pick<RequestCtx, 'requestId'>,
  { id, email }: Pick<User, 'id' | 'email'>,
): Promise<void> => {
  const owner = (await findAccountByEmail(tx, email))?.user;
  if (owner && owner.id !== id) {
    const reset = { purpose: 'password_reset', userId: owner.id, email } as const;
    await links.send(tx, ctx, reset, 'address_taken');
  } else await links.send(tx, ctx, { purpose: 'email_verification', userId: id, email });
};
