// @ts-check
import { asObject } from './json-file.mjs';

/** Something the person at the keyboard can put right: shown as its message alone, with exit code 1. */
export class Problem extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'Problem';
  }
}

/**
 * Runs a program's main function and ends the process with the exit code that it returns.
 * @param {() => Promise<number>} main
 */
export async function runProgram(main) {
  try {
    process.exit(await main());
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exit(1);
  }
}

/**
 * The code of a system error ("ENOENT"), or undefined for everything else.
 * @param {unknown} error
 */
export function errorCode(error) {
  return textOf(error, 'code');
}

/** @param {unknown} error */
function describeFailure(error) {
  if (error instanceof Problem) return error.message;
  const code = errorCode(error);
  const path = textOf(error, 'path');
  if (path !== undefined && (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')) {
    return `No permission to use ${path}. Another user may have made it: change its owner or remove it.`;
  }
  if (code === 'ENOSPC') return 'The disk is full.';
  return textOf(error, 'stack') ?? String(error);
}

/** By shape, since an error of another realm is no instance of this one's Error. @param {unknown} error @param {string} name */
function textOf(error, name) {
  const value = asObject(error)?.[name];
  return typeof value === 'string' ? value : undefined;
}
