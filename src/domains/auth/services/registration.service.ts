import type { Database } from '../../../database/db.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import type { AccountsPort } from '../../tenants/index.ts';
import { Tokens } from '../models/tokens.ts';
import { User } from '../models/user.ts';
import type { Register, SignedIn } from '../validators/credentials.ts';
import type { AccountOpener } from './account-opener.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionStarter } from './session-starter.ts';

type Deps = {
  database: Database;
  passwords: PasswordHasher;
  accounts: AccountOpener;
  sessions: SessionStarter;
};

/** A patient opens an account with the clinic and is logged in. */
export const createRegistration =
  ({ database, passwords, accounts, sessions }: Deps) =>
  async (ctx: TenantCtx, { password, ...fields }: Register): Promise<SignedIn> => {
    const passwordHash = await passwords.hash(password);
    return database.transaction(ctx, async (tx) => {
      const account = { ...fields, passwordHash, role: 'patient' } as const;
      const user = await accounts.open(tx, ctx, 'user.registered', account);
      return { user, tokens: await sessions.start(tx, ctx, user) };
    });
  };

/** The first administrator of a clinic that signs up. */
export const createAccountsPort = ({
  passwords,
  accounts,
  sessions,
}: Omit<Deps, 'database'>): AccountsPort<typeof User, typeof Tokens> => ({
  user: User,
  tokens: Tokens,
  prepareFirstAdmin: async ({ password, ...owner }) => {
    const passwordHash = await passwords.hash(password);
    return async (tx, ctx) => {
      const account = { ...owner, passwordHash, role: 'tenant_admin' } as const;
      const user = await accounts.open(tx, ctx, 'user.registered', account);
      return { user, tokens: await sessions.start(tx, ctx, user) };
    };
  },
});
