import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import { permissionsOf } from '../../../shared/config/permissions.ts';
import type { Ctx, RequestCtx } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type AccountLink, type Invitation, toInvitation } from '../models/account-link.ts';
import { demandUnlikeOwner } from '../models/unlike-owner.ts';
import { authProblems } from '../problems.ts';
import {
  findLink,
  findLinkToUse,
  listInvitations,
  useUpLinks,
} from '../repositories/account-link.repository.ts';
import { findAccountByEmail, markEmailVerified } from '../repositories/user.repository.ts';
import type { AcceptInvitation, Invite, ListInvitations } from '../validators/account.ts';
import type { SignedIn } from '../validators/credentials.ts';
import type { AccountLinks } from './account-links.ts';
import type { AccountOpener } from './account-opener.ts';
import { demandPower } from './giving.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionStarter } from './session-starter.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  tenants: TenantsPort;
  passwords: PasswordHasher;
  accounts: AccountOpener;
  sessions: SessionStarter;
  links: AccountLinks;
};
export type InvitationService = ReturnType<typeof createInvitationService>;

const there = (link: AccountLink | undefined): AccountLink => {
  if (link?.purpose !== 'invitation' || link.usedAt) throw new AppError(authProblems.invitation_not_found);
  return link;
};

const demandName = (name: string | null | undefined, pointer: string): string => {
  if (name == null) throw invalid(pointer, 'is missing: the invitation names none');
  return name;
};

/** Administrators invite by mail; who is invited chooses the password. */
export const createInvitationService = (deps: Deps) => {
  const { database, audit, clock, tenants, passwords, accounts, sessions, links } = deps;
  const record = (action: string, id: string, changes?: Record<string, unknown>) => ({
    ...{ action, resourceType: 'invitation', resourceId: id },
    ...(changes && { changes }),
  });

  return {
    /** Replaces an invitation to the same address: only the newest letter opens the door. */
    invite: (ctx: Ctx, { email, role, firstName, lastName }: Invite): Promise<Invitation> =>
      database.transaction(ctx, async (tx) => {
        demandPower(ctx, permissionsOf(role));
        if (await findAccountByEmail(tx, email)) throw new AppError(authProblems.email_taken);
        await useUpLinks(tx, 'invitation', email, clock.now());
        const names = { firstName: firstName ?? null, lastName: lastName ?? null };
        const link = await links.send(tx, ctx, {
          purpose: 'invitation',
          ...{ userId: null, email, role, ...names },
        });
        await audit.record(tx, ctx, record('user.invited', link.id, { email, role }));
        return toInvitation(link, clock.now());
      }),

    list: async (ctx: Ctx, { limit, cursor }: ListInvitations): Promise<Page<Invitation>> => {
      const before = decodeCursor(IdPosition, cursor)?.[0];
      const found = await listInvitations(database.read(ctx.tenantId), { limit, before });
      return toPage(
        found.map((link) => toInvitation(link, clock.now())),
        limit,
        (last) => [last.id],
      );
    },

    get: async (ctx: Ctx, id: string): Promise<Invitation> =>
      toInvitation(there(await findLink(database.read(ctx.tenantId), id)), clock.now()),

    withdraw: (ctx: Ctx, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        const { email } = there(await findLinkToUse(tx, id));
        await useUpLinks(tx, 'invitation', email, clock.now());
        await audit.record(tx, ctx, record('invitation.withdrawn', id));
      }),

    accept: async (ctx: RequestCtx, { token, password, ...names }: AcceptInvitation): Promise<SignedIn> => {
      const given = await links.open(ctx, token);
      const link = await links.look(given, 'invitation');
      const { email, role } = toInvitation(link, clock.now());
      const firstName = demandName(names.firstName ?? link.firstName, '/firstName');
      const lastName = demandName(names.lastName ?? link.lastName, '/lastName');
      const owner = { email, firstName, lastName };
      demandUnlikeOwner(password, owner, await tenants.findById(given.ctx.tenantId), '/password');
      const passwordHash = await passwords.hash(password);
      return database.transaction(given.ctx, async (tx) => {
        await links.take(tx, given, 'invitation');
        const account = { ...owner, role, passwordHash };
        const user = await accounts.open(tx, given.ctx, 'user.registered', account);
        const emailVerifiedAt = clock.now();
        await markEmailVerified(tx, user.id, emailVerifiedAt);
        await useUpLinks(tx, 'invitation', email, emailVerifiedAt);
        const tokens = await sessions.start(tx, given.ctx, user);
        return { user: { ...user, emailVerifiedAt }, tokens };
      });
    },
  };
};
