import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { certificate } from './certificate.ts';

/** A real mail server on this machine: takes what it is sent, or refuses as it is told. */
export type MailServer = {
  readonly port: number;
  /** With user and password, over TLS. */
  readonly url: string;
  readonly mails: ParsedMail[];
  mailsTo(address: string): ParsedMail[];
  /** From now on: each recipient is taken, or refused with that status. */
  refuse(status: number | undefined): void;
  /** Holds back the answer to the end of a message until the promise resolves. */
  hold(until: Promise<void>): void;
  /** Holds back the answer to each recipient until the promise resolves. */
  holdRecipients(until: Promise<void>): void;
  /** How many recipients were asked for, and how many mails came to their end, whatever was answered. */
  asked(): number;
  ended(): number;
  stop(): Promise<void>;
};

const USER = 'clinic';
const PASSWORD = 'p@ss word';

const refusal = (status: number): Error =>
  Object.assign(new Error('Mailbox is not here'), { responseCode: status });

export const startMailServer = async (port = 0): Promise<MailServer> => {
  const mails: ParsedMail[] = [];
  let refused: number | undefined;
  let held: Promise<void> = Promise.resolve();
  let heldRecipients: Promise<void> = Promise.resolve();
  let asked = 0;
  let ended = 0;
  const server = new SMTPServer({
    ...certificate,
    closeTimeout: 500,
    onAuth: ({ username, password }, session, done) => {
      const isRight = username === USER && password === PASSWORD && session.secure;
      done(isRight ? null : new Error('Who are you?'), isRight ? { user: USER } : undefined);
    },
    onRcptTo: (_address, _session, done) => {
      asked++;
      void heldRecipients.then(() => {
        done(refused === undefined ? null : refusal(refused));
      });
    },
    onData: (stream, _session, done) => {
      void (async () => {
        const mail = await simpleParser(stream);
        ended++;
        await held;
        mails.push(mail);
        done();
      })().catch(done);
    },
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const listening = (server.server.address() as AddressInfo).port;
  const login = `${USER}:${encodeURIComponent(PASSWORD)}`;
  return {
    port: listening,
    url: `smtp://${login}@127.0.0.1:${listening}?tls.rejectUnauthorized=false&requireTLS=true`,
    mails,
    mailsTo: (address) => mails.filter(({ to }) => [to].flat().some((each) => each?.text === address)),
    refuse: (status) => {
      refused = status;
    },
    hold: (until) => {
      held = until;
    },
    holdRecipients: (until) => {
      heldRecipients = until;
    },
    asked: () => asked,
    ended: () => ended,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
};
