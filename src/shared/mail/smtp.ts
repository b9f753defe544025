import { Readable } from 'node:stream';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { MailError } from './mail-error.ts';

/** A letter as it goes out (RFC 5322), and between whom (RFC 5321). */
export type WrittenMail = {
  readonly from: string;
  readonly to: string;
  readonly message: Buffer;
};

/** Called when all but the last word of a mail is said: if it rejects, the mail is not sent. */
export type BeforeHandOver = () => Promise<void>;

/** A server that hangs must not keep whoever sends. */
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 };
/** A login that fails, and TLS that is asked for, can be put right. */
const CAN_BE_PUT_RIGHT = [530, 534, 535, 538];

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;

/** The answer of the server, without the command that it answers. */
const detailOf = (error: unknown): string => {
  if (
    typeof error === 'object' &&
    error !== null &&
    'response' in error &&
    typeof error.response === 'string'
  ) {
    return error.response;
  }
  return error instanceof Error ? error.message : 'The mail server gave no answer';
};

/** What became of a mail whose sending failed (RFC 5321, section 4.2.1). */
const mailErrorOf = (error: unknown, isHandedOver: boolean): MailError => {
  const status = statusOf(error);
  const isFinal = status >= 500 && !CAN_BE_PUT_RIGHT.includes(status);
  if (isFinal) return new MailError('refused', 'refused', detailOf(error), error);
  if (isHandedOver && status === 0) {
    return new MailError('unknown', 'outcome_unknown', detailOf(error), error);
  }
  return new MailError('later', status === 0 ? 'unreachable' : 'provider_busy', detailOf(error), error);
};

const callingBack = (act: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    act((error) => {
      if (error) reject(error);
      else resolve();
    });
  });

/** The message, whose end is held back until `beforeEnd` has been: without its end, a server has not taken it. */
const endingAfter = (message: Buffer, beforeEnd: () => Promise<void>): Readable => {
  let isGiven = false;
  return new Readable({
    read() {
      if (!isGiven) {
        isGiven = true;
        this.push(message);
        return;
      }
      beforeEnd().then(
        () => this.push(null),
        (error: unknown) => this.destroy(error as Error),
      );
    },
  });
};

/** Sends by SMTP, with TLS where the server offers it or the address asks for it (`smtps:`, `?requireTLS=true`). A connection for each mail. */
export const sendBySmtp = async (
  url: string,
  written: WrittenMail,
  beforeHandOver: BeforeHandOver,
): Promise<void> => {
  const { auth, ...options } = parseConnectionUrl(url);

  const converse = async (
    connection: SMTPConnection,
    { from, to, message }: WrittenMail,
    beforeEnd: () => Promise<void>,
  ) => {
    await callingBack((done) => {
      connection.connect(done);
    });
    if (auth) {
      await callingBack((done) => {
        connection.login(auth, done);
      });
    }
    await callingBack((done) => {
      const content = endingAfter(message, beforeEnd);
      content.once('error', done);
      connection.send({ from, to: [to] }, content, done);
    });
  };

  const connection = new SMTPConnection({ ...options, ...TIMEOUTS });
  let isHandedOver = false;
  let forbidden: Error | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
  });
  failed.catch(() => undefined);
  try {
    const conversation = converse(connection, written, async () => {
      try {
        await beforeHandOver();
      } catch (error) {
        forbidden = error as Error;
        throw error;
      }
      isHandedOver = true;
    });
    await Promise.race([conversation, failed]);
    connection.quit();
  } catch (error) {
    connection.close();
    throw forbidden ?? mailErrorOf(error, isHandedOver);
  }
};
