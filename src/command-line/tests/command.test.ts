import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConfigError } from '../../shared/config/config.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import { misused, runCommand } from '../command.ts';

let said: string;
let complained: string;
beforeEach(() => {
  [said, complained] = ['', ''];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complained += String(text);
    return true;
  });
});
let code: typeof process.exitCode;
afterEach(() => {
  jest.restoreAllMocks();
});

const HELP = 'npm run thing -- --name NAME\n';
const run = async (args: string[], more: object = {}) => {
  const ran: unknown[] = [];
  const before = process.exitCode;
  process.exitCode = undefined;
  const command = {
    help: HELP,
    options: { name: { type: 'string' as const } },
    run: (values: object, file: string | undefined) => Promise.resolve(void ran.push([{ ...values }, file])),
    ...more,
  };
  await runCommand(command, args);
  [code, process.exitCode] = [process.exitCode, before];
  return ran;
};
const failing = (error: Error, more: object = {}) => run([], { run: () => Promise.reject(error), ...more });

describe('a program of the command line', () => {
  test('gets its options, and a file where it takes one', async () => {
    expect(await run(['--name', 'x'])).toEqual([[{ name: 'x' }, undefined]]);
    expect(await run(['file.gz'], { takesFile: true })).toEqual([[{}, 'file.gz']]);
    expect([code, said, complained]).toEqual([undefined, '', '']);
  });

  test('shows its help, and does nothing else', async () => {
    expect(await run(['--help', '--name', 'x'])).toEqual([]);
    expect([code, said, complained]).toEqual([undefined, HELP, '']);
  });

  test.each([
    [['--other'], /--other/],
    [['--name'], /--name/],
    [['file.gz'], /"file\.gz" is too much/],
  ])('refuses %j, shows its help, and exits with 1', async (args, complaint) => {
    expect(await run(args)).toEqual([]);
    expect([code, said, complained]).toEqual([1, '', expect.stringMatching(complaint)]);
    expect(complained.endsWith(`\n\n${HELP}\n`)).toBe(true);
  });

  test('says in words alone what can be helped, and names what is a fault of its own', async () => {
    await failing(new ConfigError('PORT is wrong'));
    await failing(misused('Say a name.', { help: HELP }));
    await failing(new AppError(commonProblems.unavailable, undefined, { cause: new Error('no MySQL') }));
    await failing(new TypeError('x is not a function'));
    expect(complained).toBe(
      `PORT is wrong\nSay a name.\n\n${HELP}\n${commonProblems.unavailable.title}. no MySQL\nTypeError: x is not a function\n`,
    );
  });

  test('exits with another code where 1 means something else', async () => {
    await failing(new Error('no'), { failureCode: 2 });
    expect(code).toBe(2);
  });
});

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const programs = Object.entries(scripts).flatMap(([name, command]) => {
  const [, file] = /tsx (src\/\S+\.ts)/.exec(command) ?? [];
  return file === undefined || file.includes('/write-') ? [] : [[name, file] as const];
});

test.each(programs)('npm run %s says by --help how it is called', (name, file) => {
  const source = readFileSync(file, 'utf8');
  expect(source).toContain(`const HELP = \`npm run ${name}`);
  expect(source).toMatch(/^void runCommand\(\{\n {2}help: HELP,$/m);
});
