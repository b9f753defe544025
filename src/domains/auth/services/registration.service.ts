import type { Database } from '../../../database/db.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import type { AccountsPort, TenantsPort } from '../../tenants/index.ts';
import { Tokens } from '../models/tokens.ts';
import { demandUnlikeOwner } from '../models/unlike-owner.ts';
import { User } from '../models/user.ts';
import type { Register, SignedIn } from '../validators/credentials.ts';
import type { AccountLinks } from './account-links.ts';
import type { AccountOpener } from './account-opener.ts';
import { askForProof } from './address-proof.ts';
import type { LetterLimit } from './letter-limit.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionStarter } from './session-starter.ts';

type Deps = {
  database: Database;
  passwords: PasswordHasher;
  accounts: AccountOpener;
  sessions: SessionStarter;
  tenants: TenantsPort;
  links: AccountLinks;
  letters: LetterLimit;
};

/**
 * A patient opens an account with the clinic and is logged in. Where the clinic wants the address proved, a letter is sent,
 * and nothing tells the caller whether the address has an account already.
 */
export const createRegistration =
  ({ database, passwords, accounts, sessions, tenants, links, letters }: Deps) =>
  async (ctx: TenantCtx, { password, ...fields }: Register): Promise<SignedIn> => {
    demandUnlikeOwner(password, fields, await tenants.findById(ctx.tenantId), '/password');
    const [passwordHash, { requireEmailVerification }] = await Promise.all([
      passwords.hash(password),
      tenants.settings(ctx.tenantId),
    ]);
    const account = { ...fields, passwordHash, role: 'patient' } as const;
    const mayWrite = requireEmailVerification && (await letters.allows(ctx.tenantId, fields.email));
    return database.transaction(ctx, async (tx) => {
      const user = requireEmailVerification
        ? await accounts.register(tx, ctx, account)
        : await accounts.open(tx, ctx, 'user.registered', account);
      if (mayWrite) await askForProof(links, tx, ctx, user);
      return { user, tokens: await sessions.start(tx, ctx, user) };
    });
  };

/** The first administrator of a clinic that signs up. */
export const createAccountsPort = ({
  passwords,
  accounts,
  sessions,
}: Pick<Deps, 'passwords' | 'accounts' | 'sessions'>): AccountsPort<typeof User, typeof Tokens> => ({
  user: User,
  tokens: Tokens,
  prepareFirstAdmin: async ({ password, ...owner }, clinic) => {
    demandUnlikeOwner(password, owner, clinic, '/owner/password');
    const passwordHash = await passwords.hash(password);
    return async (tx, ctx) => {
      const account = { ...owner, passwordHash, role: 'tenant_admin' } as const;
      const user = await accounts.open(tx, ctx, 'user.registered', account);
      return { user, tokens: await sessions.start(tx, ctx, user) };
    };
  },
});
