import type { Database } from '../../../database/db.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import type { AccountsPort, TenantsPort } from '../../tenants/index.ts';
import { Tokens } from '../models/tokens.ts';
import { demandUnlikeOwner } from '../models/unlike-owner.ts';
import { User } from '../models/user.ts';
import type { Register, SignedIn } from '../validators/credentials.ts';
import type { AccountLinks } from './account-links.ts';
import type { AccountOpener } from './account-opener.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionStarter } from './session-starter.ts';

type Deps = {
  database: Database;
  passwords: PasswordHasher;
  accounts: AccountOpener;
  sessions: SessionStarter;
  tenants: TenantsPort;
  links: AccountLinks;
};

/** A patient opens an account with the clinic and is logged in. Where the clinic wants the address proved, a letter is sent. */
export const createRegistration =
  ({ database, passwords, accounts, sessions, tenants, links }: Deps) =>
  async (ctx: TenantCtx, { password, ...fields }: Register): Promise<SignedIn> => {
    demandUnlikeOwner(password, fields, await tenants.findById(ctx.tenantId), '/password');
    const [passwordHash, { requireEmailVerification }] = await Promise.all([
      passwords.hash(password),
      tenants.settings(ctx.tenantId),
    ]);
    return database.transaction(ctx, async (tx) => {
      const account = { ...fields, passwordHash, role: 'patient' } as const;
      const user = await accounts.open(tx, ctx, 'user.registered', account);
      const { id: userId, email } = user;
      if (requireEmailVerification)
        await links.send(tx, ctx, { purpose: 'email_verification', userId, email });
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
