// @ts-check
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** @typedef {{ [key: string]: unknown }} JsonObject */

/**
 * The object that a file holds, or undefined when the file is missing or holds no JSON object.
 * @param {string} path
 * @returns {JsonObject | undefined}
 */
export function readJsonObject(path) {
  try {
    return asObject(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Replaces a file in one step, so that a reader never sees half of it. Only its owner may read it.
 * @param {string} path
 * @param {object} value
 */
export function writeJsonObject(path, value) {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/**
 * The value if it is an object with string keys.
 * @param {unknown} value
 * @returns {JsonObject | undefined}
 */
export function asObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? /** @type {JsonObject} */ (value)
    : undefined;
}
