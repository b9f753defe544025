import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes `text` to `file`. With `--check` among `options` it only compares, and answers with what to print when the
 * file is out of date; `command` is what brings it up to date.
 */
export const writeOrCheck = (
  file: string,
  text: string,
  command: string,
  options: readonly string[],
): string | undefined => {
  if (!options.includes('--check')) {
    writeFileSync(file, text);
    return undefined;
  }
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return written === text ? undefined : `${file} is out of date; run \`${command}\``;
};
