import type { LinkPurpose } from './account-link.ts';

/** What a letter that carries a link has to say. */
export type AccountLetter = {
  readonly purpose: LinkPurpose;
  readonly email: string;
  readonly firstName: string | null;
  readonly clinic: { readonly name: string; readonly locale: string };
  readonly url: string;
  readonly expiresAt: Date;
};

/** The page that each link opens, below the address of the installation. */
export const linkPage: Readonly<Record<LinkPurpose, string>> = {
  email_verification: '/account/verify-email',
  password_reset: '/account/reset-password',
  invitation: '/account/accept-invitation',
};
