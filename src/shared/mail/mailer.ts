import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.ts';
import type { Logger } from '../utils/logger.ts';
import type { MailFolder } from './mail-folder.ts';

export type Attachment = {
  readonly filename: string;
  readonly content: string | Buffer;
  readonly contentType?: string;
};

/** A letter to one mailbox. `html` says the same as `text`, for those who want to see it so. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
};

export type Mailer = {
  /** Resolves when the mail server has taken the mail, or refuses it for good; rejects when it is worth another try. */
  send(mail: Mail): Promise<void>;
  close(): void;
};

/** A server that hangs must not keep whoever sends. */
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
const CONNECTIONS = 2;

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;
/** An answer that another try would only get again (RFC 5321, section 4.2.1); a login that fails can be put right. */
const isFinal = (error: unknown): boolean => {
  const status = statusOf(error);
  return status >= 500 && status < 600 && ![530, 534, 535, 538].includes(status);
};

const bySmtp = (url: string, from: string, logger: Logger): Mailer => {
  const transport = createTransport({ url, pool: true, maxConnections: CONNECTIONS, ...TIMEOUTS }, { from });
  return {
    send: async ({ attachments = [], ...mail }) => {
      try {
        await transport.sendMail({ ...mail, attachments: [...attachments] });
      } catch (error) {
        if (!isFinal(error)) throw error;
        logger.error({ status: statusOf(error) }, 'The mail server refuses a mail for good; it is not sent');
      }
    },
    close: () => {
      transport.close();
    },
  };
};

const intoFolder = (folder: MailFolder, from: string): Mailer => {
  const transport = createTransport({ streamTransport: true, buffer: true }, { from });
  return {
    send: async ({ attachments = [], ...mail }) => {
      const { message } = await transport.sendMail({ ...mail, attachments: [...attachments] });
      await folder.put(mail, message as Buffer);
    },
    close: () => undefined,
  };
};

const nowhere = (logger: Logger): Mailer => ({
  send: () => {
    logger.warn('A mail is not sent: SMTP_URL is not set');
    return Promise.resolve();
  },
  close: () => undefined,
});

/** By SMTP where a server is configured; else, while developing, into a folder; else not at all. */
export const createMailer = ({ mail }: Pick<Config, 'mail'>, logger: Logger, folder?: MailFolder): Mailer => {
  if (mail.smtpUrl !== undefined) return bySmtp(mail.smtpUrl, mail.from, logger);
  return folder ? intoFolder(folder, mail.from) : nowhere(logger);
};
