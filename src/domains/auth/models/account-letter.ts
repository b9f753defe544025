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

type Wording = { readonly subject: string; readonly why: string; readonly otherwise: string };

const wordingOf = ({ purpose, clinic: { name } }: AccountLetter): Wording => {
  switch (purpose) {
    case 'email_verification':
      return {
        subject: `Confirm your email address for ${name}`,
        why: `Please confirm that this is your email address, so that ${name} can reach you.`,
        otherwise: `If you did not open an account with ${name}, ignore this mail.`,
      };
    case 'password_reset':
      return {
        subject: `Choose a new password for ${name}`,
        why: `Somebody, we hope you, asked for a new password for your account with ${name}.`,
        otherwise: 'If it was not you, ignore this mail: your password stays as it is.',
      };
    case 'invitation':
      return {
        subject: `${name} invites you`,
        why: `${name} invites you to work with its appointment calendar. Choose a password to accept.`,
        otherwise: 'If you do not know why, ignore this mail.',
      };
  }
};

/** Subject and text of the letter. */
export const writeLetter = (letter: AccountLetter): { subject: string; text: string } => {
  const { subject, why, otherwise } = wordingOf(letter);
  const greeting = letter.firstName === null ? 'Hello,' : `Hello ${letter.firstName},`;
  const until = `The link works once, until ${letter.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  return { subject, text: [greeting, why, letter.url, until, otherwise].join('\n\n') };
};
