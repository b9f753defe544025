import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type AccountLetter, linkPage } from '../models/account-letter.ts';
import {
  type AccountLink,
  isOpen,
  type LetterKind,
  linkExpiry,
  type LinkPurpose,
} from '../models/account-link.ts';
import { authProblems } from '../problems.ts';
import { findLink, findLinkToUse, insertLink } from '../repositories/account-link.repository.ts';
import { findUser } from '../repositories/user.repository.ts';
import type { LinkTokens } from './link-token.ts';

type NewLink = Pick<AccountLink, 'purpose' | 'email' | 'userId'> &
  Partial<Pick<AccountLink, 'role' | 'firstName' | 'lastName'>>;

/** The clinic and the link that a token names; the context is the request's, for that clinic. */
export type GivenLink = { readonly ctx: TenantCtx; readonly linkId: string };

type Deps = {
  database: Database;
  outbox: Outbox;
  clock: Clock;
  tenants: TenantsPort;
  linkTokens: LinkTokens;
  config: { readonly publicUrl: string };
};
export type AccountLinks = ReturnType<typeof createAccountLinks>;

const notOurs = () => invalid('/token', 'is not the token of a link that we have sent');

/** Links that letters carry: made with the change that asks for the letter, and good once. */
export const createAccountLinks = ({ database, outbox, clock, tenants, linkTokens, config }: Deps) => {
  const demandPurpose = (link: AccountLink | undefined, purpose: LinkPurpose): AccountLink => {
    if (link?.purpose !== purpose) throw notOurs();
    return link;
  };

  /** Nothing where the letter has become pointless: the link is used, or whom it is for is gone. */
  const letterOf = async (db: Db, linkId: string): Promise<AccountLetter | undefined> => {
    const [link, tenant] = await Promise.all([findLink(db, linkId), tenants.findById(db.tenantId)]);
    if (!link || !tenant || tenant.status !== 'active' || !isOpen(link, clock.now())) return undefined;
    const user = link.userId === null ? undefined : await findUser(db, link.userId);
    if (link.purpose !== 'invitation' && !user?.active) return undefined;
    const token = linkTokens.tokenOf({ tenantId: db.tenantId, linkId });
    return {
      purpose: link.purpose,
      email: link.email,
      firstName: user?.firstName ?? link.firstName,
      clinic: { name: tenant.name, locale: tenant.locale },
      // Behind the #, where neither logs nor other sites get to see it.
      url: `${config.publicUrl}${linkPage[link.purpose]}#token=${token}`,
      expiresAt: link.expiresAt,
    };
  };

  return {
    letterOf,

    /** The letter is written and sent after the commit, by whoever hears of it. */
    send: async (
      tx: Tx,
      ctx: Pick<RequestCtx, 'requestId'>,
      given: NewLink,
      kind: LetterKind = given.purpose,
    ): Promise<AccountLink> => {
      const now = clock.now();
      const link: AccountLink = {
        ...{ role: null, firstName: null, lastName: null, ...given },
        id: newId(),
        createdAt: now,
        expiresAt: linkExpiry(given.purpose, now),
        usedAt: null,
      };
      await insertLink(tx, link);
      const payload = { linkId: link.id, purpose: kind };
      await outbox.publish(tx, ctx, { type: 'auth.link_created', payload });
      return link;
    },

    /** Where a token leads to. 422 for one that we have not made, 403 for that of a suspended clinic. */
    open: async (ctx: RequestCtx, token: string): Promise<GivenLink> => {
      const name = linkTokens.read(token);
      const tenant = name && (await tenants.findById(name.tenantId));
      if (!tenant) throw notOurs();
      if (tenant.status !== 'active') throw new AppError(commonProblems.tenant_suspended);
      return { ctx: { ...ctx, tenantId: tenant.id }, linkId: name.linkId };
    },

    /** Also a link that has been used. 422 for one to another end. */
    look: async ({ ctx, linkId }: GivenLink, purpose: LinkPurpose): Promise<AccountLink> =>
      demandPurpose(await findLink(database.read(ctx.tenantId), linkId), purpose),

    /** Locked until the transaction ends. 410 for a link that is used up. */
    take: async (tx: Tx, { linkId }: GivenLink, purpose: LinkPurpose): Promise<AccountLink> => {
      const link = demandPurpose(await findLinkToUse(tx, linkId), purpose);
      if (isOpen(link, clock.now())) return link;
      const { invitation_expired, link_expired } = authProblems;
      throw new AppError(purpose === 'invitation' ? invitation_expired : link_expired);
    },
  };
};
