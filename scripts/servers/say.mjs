// @ts-check

/**
 * Tells what is being done. Goes to standard error, so that a command's own output can be piped.
 * @param {string} text
 */
export function progress(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Prints a result on standard output.
 * @param {string} text
 */
export function print(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Bold where the output is a terminal that wants colours, plain elsewhere.
 * @param {string} text
 */
export function strong(text) {
  return process.stdout.isTTY && !process.env['NO_COLOR'] ? `\u001B[1m${text}\u001B[22m` : text;
}
