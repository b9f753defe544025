import type { Config } from '../config/config.ts';
import type { MailFolder } from './mail-folder.ts';
import type { BeforeHandOver, WrittenMail } from './smtp.ts';

/** A letter to one mailbox. `html` says the same as `text`, for those who want to see it so. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** `<name@host>`: the same for every attempt, so that whoever gets it twice can tell. */
  readonly messageId?: string;
  /** An invitation that the mail program of the recipient acts on (RFC 6047). */
  readonly calendar?: { readonly method: string; readonly text: string };
};

export type Mailer = {
  /** The address that mails come from, without a name. */
  readonly address: string;
  /** Resolves when the mail server has taken the mail; rejects with `MailError` otherwise. */
  send(mail: Mail, beforeHandOver?: BeforeHandOver): Promise<void>;
};

const addressIn = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;

/** `Auto-Submitted` keeps out-of-office replies away (RFC 3834). */
const write = async ({ calendar, ...mail }: Mail, from: string): Promise<WrittenMail> => {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composed = new MailComposer({
    ...mail,
    from,
    headers: { 'Auto-Submitted': 'auto-generated' },
    ...(calendar && {
      icalEvent: { method: calendar.method, content: calendar.text, filename: 'invite.ics' },
    }),
  }).compile();
  return { from: addressIn(from), to: mail.to, message: await composed.build() };
};

/** By SMTP where a server is configured; else, while developing, into a folder; else there is none. */
export const createMailer = (
  { mail: { smtpUrl, from } }: Pick<Config, 'mail'>,
  folder?: MailFolder,
): Mailer | undefined => {
  const carry = carrierOf(smtpUrl, folder);
  return (
    carry && {
      address: addressIn(from),
      send: async (mail, beforeHandOver = () => Promise.resolve()) => {
        await carry(mail, await write(mail, from), beforeHandOver);
      },
    }
  );
};

type Carry = (mail: Mail, written: WrittenMail, beforeHandOver: BeforeHandOver) => Promise<void>;

const carrierOf = (smtpUrl: string | undefined, folder: MailFolder | undefined): Carry | undefined => {
  if (smtpUrl !== undefined) {
    return async (_mail, written, beforeHandOver) => {
      const { sendBySmtp } = await import('./smtp.ts');
      await sendBySmtp(smtpUrl, written, beforeHandOver);
    };
  }
  return (
    folder &&
    (async (mail, { message }, beforeHandOver) => {
      await beforeHandOver();
      await folder.put(mail, message);
    })
  );
};
