import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export const LOGIN = 'clinic:p%40ss';

type Options = {
  readonly port?: number;
  /** The status with which every recipient is refused. */
  readonly refusal?: number;
};
export type MailServer = {
  readonly port: number;
  readonly received: readonly ParsedMail[];
  close(): Promise<void>;
};

/** A mail server that keeps what it is sent. */
export const startMailServer = async ({ port = 0, refusal }: Options = {}): Promise<MailServer> => {
  const received: ParsedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'clinic' && password === 'p@ss') done(null, { user: username });
      else done(new Error('Wrong login'));
    },
    onRcptTo: (_address, _session, done) => {
      done(refusal === undefined ? null : Object.assign(new Error('No'), { responseCode: refusal }));
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((parsed) => {
        received.push(parsed);
        done();
      }, done);
    },
  });
  server.on('error', () => undefined); // A sender that gives up in the middle of a mail.
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as { port: number }).port,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
};
