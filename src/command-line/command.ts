import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { ExplainedError } from '../shared/utils/explained-error.ts';

/** What a command was given cannot be used; the message says why. */
export class CommandError extends ExplainedError {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Help = { help: { type: 'boolean' } };
type Config<O extends Options> = { args: string[]; options: O & Help; allowPositionals: true };
type Parsed<O extends Options> = ReturnType<typeof parseArgs<Config<O>>>;

/** A program of the command line. `--help` is an option of each. */
export type Command<O extends Options> = {
  /** How it is called, and what it does. */
  readonly help: string;
  readonly options: O;
  /** What stands for a name, such as a file, beside the options; by default nothing may. */
  readonly takesFile?: boolean;
  /** The exit code where it could not be carried out, which is 1 unless that means something else. */
  readonly failureCode?: number;
  readonly run: (values: Parsed<O>['values'], file: string | undefined) => Promise<void>;
};

/** The program cannot do what it is told, and shows how it is called. */
export const misused = (complaint: string, { help }: Pick<Command<Options>, 'help'>): CommandError =>
  new CommandError(`${complaint}\n\n${help}`);

const parse = <O extends Options>(command: Command<O>, args: readonly string[]): Parsed<O> => {
  try {
    const options = { ...command.options, help: { type: 'boolean' as const } };
    return parseArgs<Config<O>>({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw misused((error as Error).message, command);
  }
};

const carryOut = async <O extends Options>(command: Command<O>, args: readonly string[]) => {
  const { values, positionals } = parse(command, args);
  if ((values as { help?: boolean }).help) {
    process.stdout.write(command.help);
    return;
  }
  const most = command.takesFile ? 1 : 0;
  if (positionals.length > most) throw misused(`"${positionals[most] ?? ''}" is too much.`, command);
  await command.run(values, positionals[0]);
};

/** A fault of the program itself is told by its name, and what can be helped in words alone. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof AppError)) return error instanceof ExplainedError ? error.message : String(error);
  const isAway = error.problem.code === commonProblems.unavailable.code;
  const cause = isAway && error.cause instanceof Error ? error.cause.message : undefined;
  return [error.message, error.detail, cause].filter((words) => words !== undefined).join('. ');
};

/** Runs the program of this process, and sets its exit code where it could not be carried out. */
export const runCommand = async <O extends Options>(
  command: Command<O>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> => {
  try {
    await carryOut(command, args);
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exitCode = command.failureCode ?? 1;
  }
};
