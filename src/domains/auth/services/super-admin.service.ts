import type { Database } from '../../../database/db.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import { newId, PLATFORM } from '../../../shared/types/id.ts';
import type { User } from '../models/user.ts';
import type { Owner } from '../../tenants/index.ts';
import type { AccountOpener } from './account-opener.ts';
import type { PasswordHasher } from './password-hasher.ts';

type Deps = { database: Database; passwords: PasswordHasher; accounts: AccountOpener };
export type CreateSuperAdmin = (fields: Owner) => Promise<User>;

/** Opens the account of an operator, who belongs to no clinic. No route does: only a command on the machine. */
export const createSuperAdmins =
  ({ database, passwords, accounts }: Deps): CreateSuperAdmin =>
  async ({ password, ...fields }) => {
    const passwordHash = await passwords.hash(password);
    const ctx: TenantCtx = { tenantId: PLATFORM, requestId: newId(), address: '', userAgent: 'command line' };
    return database.transaction(ctx, (tx) =>
      accounts.open(tx, ctx, 'user.created', { ...fields, passwordHash, role: 'super_admin' }),
    );
  };
