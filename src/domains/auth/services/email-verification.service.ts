import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx, RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { authProblems } from '../problems.ts';
import { useUpLinks } from '../repositories/account-link.repository.ts';
import { findUser, findUserToChange, markEmailVerified } from '../repositories/user.repository.ts';
import type { VerifyEmail } from '../validators/account.ts';
import type { AccountLinks } from './account-links.ts';
import type { AccountOpener } from './account-opener.ts';
import { askForProof } from './address-proof.ts';
import type { LetterLimit } from './letter-limit.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  links: AccountLinks;
  accounts: AccountOpener;
  letters: LetterLimit;
};
export type EmailVerification = ReturnType<typeof createEmailVerification>;

/** Users prove that they receive mail at their address. */
export const createEmailVerification = ({ database, audit, clock, links, letters, accounts }: Deps) => ({
  /** Again with the same token is as good as once: people click twice. */
  verify: async (ctx: RequestCtx, { token }: VerifyEmail): Promise<void> => {
    const given = await links.open(ctx, token);
    const { usedAt, userId: owner } = await links.look(given, 'email_verification');
    const db = database.read(given.ctx.tenantId);
    if (usedAt && owner && (await findUser(db, owner))?.emailVerifiedAt) return;
    await database.transaction(given.ctx, async (tx) => {
      const { userId, email } = await links.take(tx, given, 'email_verification');
      const user = userId === null ? undefined : await findUserToChange(tx, userId);
      if (!user?.active) throw new AppError(authProblems.link_expired);
      const actor = { ...given.ctx, userId: user.id, role: user.role };
      await accounts.complete(tx, actor, user);
      await markEmailVerified(tx, user.id, clock.now());
      await useUpLinks(tx, 'email_verification', email, clock.now());
      const entry = { action: 'user.email_verified', resourceType: 'user', resourceId: user.id };
      await audit.record(tx, actor, entry);
    });
  },

  /** Nothing happens where there is nothing to prove. */
  resend: async (ctx: Ctx): Promise<void> => {
    const user = await findUser(database.read(ctx.tenantId), ctx.userId);
    if (!user || user.emailVerifiedAt || !(await letters.allows(ctx.tenantId, user.email))) return;
    await database.transaction(ctx, (tx) => askForProof(links, tx, ctx, user));
  },
});
