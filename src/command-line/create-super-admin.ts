import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { z } from 'zod';
import { Owner } from '../domains/tenants/index.ts';
import { loadConfig } from '../shared/config/config.ts';
import { CommandError, runCommand } from './command.ts';
import { withDomains } from './with-domains.ts';

const HELP = `npm run create-super-admin                          asks for address and password
npm run create-super-admin -- --email ops@example.org [--first-name Ann] [--last-name Reed] [--password …]

Opens the account of an operator of this installation (super_admin), who logs in by POST /api/v1/auth/login
without naming a clinic. Where nobody types, the password is the first line of standard input.
`;

/** Asks on a terminal, without showing what is typed where it is secret; else reads the next line of standard input. */
const createPrompt = () => {
  let isSecret = false;
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!isSecret) process.stderr.write(chunk);
      done();
    },
  });
  const isTerminal = process.stdin.isTTY;
  const lines = createInterface({ input: process.stdin, output, terminal: isTerminal });
  const given = lines[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await given.next();
    return line.done ? '' : line.value;
  };
  return {
    ask: async (question: string, secret = false): Promise<string> => {
      if (!isTerminal) return nextLine();
      process.stderr.write(question);
      isSecret = secret;
      const answer = await nextLine();
      if (secret) process.stderr.write('\n');
      isSecret = false;
      return answer;
    },
    close: () => {
      lines.close();
    },
  };
};

type Given = { email?: string; password?: string; 'first-name': string; 'last-name': string };

const readOwner = async (options: Given) => {
  const prompt = createPrompt();
  try {
    const email = options.email ?? (await prompt.ask('Email: '));
    const password = options.password ?? (await prompt.ask('Password: ', true));
    const names = { firstName: options['first-name'], lastName: options['last-name'] };
    const owner = Owner.safeParse({ email: email.trim(), password, ...names });
    if (!owner.success) throw new CommandError(z.prettifyError(owner.error));
    return owner.data;
  } finally {
    prompt.close();
  }
};

void runCommand({
  help: HELP,
  options: {
    email: { type: 'string' },
    password: { type: 'string' },
    'first-name': { type: 'string', default: 'Super' },
    'last-name': { type: 'string', default: 'Admin' },
  },
  run: async (given) => {
    loadConfig(); // Nobody types a password before that is known to be good.
    const owner = await readOwner(given);
    await withDomains(async ({ auth }) => {
      const { email } = await auth.createSuperAdmin(owner);
      process.stdout.write(
        `${email} is an operator now and logs in by POST /api/v1/auth/login without naming a clinic.\n`,
      );
    });
  },
});
