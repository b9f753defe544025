// @ts-check
import { readFileSync } from 'node:fs';
import { errorCode } from './problem.mjs';

/** @typedef {Record<string, string>} Settings */

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=(.*)$/;

/**
 * Reads the text of a .env file: `NAME=value`, `export NAME=value`, comments, quotes. Double quotes know \n, \" and
 * \\ and may span lines; single quotes are literal; a bare value ends at ` #`. The last assignment wins.
 * @param {string} text
 * @returns {Settings}
 */
export function parseEnv(text) {
  /** @type {Settings} */
  const settings = {};
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name, rest] = assignment.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    settings[name] = readValue(rest.trim(), lines);
  }
  return settings;
}

/**
 * The settings of a .env file; none when there is no such file.
 * @param {string} path
 */
export function readEnvFile(path) {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw error;
  }
}

/**
 * The environment with the file's settings below it: what is set outside the file always wins.
 * @param {NodeJS.ProcessEnv} environment
 * @param {Settings} fromFile
 * @returns {NodeJS.ProcessEnv}
 */
export function withEnvFile(environment, fromFile) {
  return { ...fromFile, ...environment };
}

/** @param {string} text @param {string[]} following lines that a double-quoted value may go on in; taken when used */
function readValue(text, following) {
  const quote = text[0];
  if (quote === "'") {
    const end = text.indexOf("'", 1);
    if (end > 0) return text.slice(1, end);
  }
  if (quote === '"') {
    const joined = [text, ...following].join('\n');
    const [whole, inside] = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(joined) ?? [];
    if (whole !== undefined && inside !== undefined) {
      following.splice(0, whole.split('\n').length - 1);
      return inside.replace(
        /\\([\s\S])/g,
        (_, letter) => ({ n: '\n', r: '\r', t: '\t' })[String(letter)] ?? String(letter),
      );
    }
  }
  return text.replace(/(^|\s)#.*$/, '').trim();
}
