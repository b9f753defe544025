import { z } from 'zod';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { TenantRole, User } from './user.ts';

const HOUR_MS = 60 * MINUTE_MS;
const LIFETIME_MS = {
  email_verification: 72 * HOUR_MS,
  password_reset: HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
} as const;
export type LinkPurpose = keyof typeof LIFETIME_MS;
/** What a letter says: what its link is for, or that an address that somebody claims has an account. */
export type LetterKind = LinkPurpose | 'address_taken';

/** A link in a letter, good once. Role and names are those of an invitation. */
export type AccountLink = {
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly userId: string | null;
  readonly email: string;
  readonly role: TenantRole | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
};

export const linkExpiry = (purpose: LinkPurpose, now: Date): Date =>
  new Date(now.getTime() + LIFETIME_MS[purpose]);

export const isOpen = ({ usedAt, expiresAt }: AccountLink, now: Date): boolean =>
  usedAt === null && expiresAt > now;

/** An invitation as administrators see it: until it is accepted or withdrawn. */
export const Invitation = z
  .object({
    id: Id,
    email: User.shape.email,
    role: TenantRole,
    firstName: User.shape.firstName.nullable(),
    lastName: User.shape.lastName.nullable(),
    status: z.enum(['pending', 'expired']),
    createdAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.output<typeof Invitation>;

export const toInvitation = (link: AccountLink, now: Date): Invitation => {
  const { id, email, role, firstName, lastName, createdAt, expiresAt } = link;
  if (role === null) throw new Error(`The invitation ${id} is to no role`);
  const status = isOpen(link, now) ? 'pending' : 'expired';
  return { id, email, role, firstName, lastName, status, createdAt, expiresAt };
};
