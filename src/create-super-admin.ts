import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createDomains } from './composition/domains.ts';
import { Owner } from './domains/tenants/index.ts';
import { createInfrastructure } from './infrastructure.ts';
import { ConfigError, loadConfig } from './shared/config/config.ts';
import { AppError } from './shared/utils/errors.ts';
import { createLogger } from './shared/utils/logger.ts';

const HELP = `npm run create-super-admin                          asks for address and password
npm run create-super-admin -- --email ops@example.org [--first-name Ann] [--last-name Reed] [--password …]

Opens the account of an operator of this installation (super_admin), who logs in by POST /api/v1/auth/login
without naming a clinic. Where nobody types, the password is the first line of standard input.
`;

/** What the command was given cannot be used; the message says why. */
class CommandError extends Error {}

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        email: { type: 'string' },
        password: { type: 'string' },
        'first-name': { type: 'string', default: 'Super' },
        'last-name': { type: 'string', default: 'Admin' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${HELP}`);
  }
};

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

const readOwner = async (options: ReturnType<typeof readOptions>) => {
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

const run = async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig();
  const owner = await readOwner(options);
  const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
  try {
    const { email } = await createDomains(infrastructure).auth.createSuperAdmin(owner);
    process.stdout.write(
      `${email} is an operator now and logs in by POST /api/v1/auth/login without naming a clinic.\n`,
    );
  } finally {
    await infrastructure.close();
  }
};

try {
  await run();
} catch (error) {
  const isExplained =
    error instanceof CommandError || error instanceof ConfigError || error instanceof AppError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
