// @ts-check
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { asObject, readJsonObject, writeJsonObject } from './json-file.mjs';
import { randomPassword } from './logins.mjs';

/**
 * Ports, passwords and secrets of private servers, which stay the same from one start to the next.
 * @typedef {object} SavedLogins
 * @property {{ port?: number, password: string, adminPassword: string }} database
 * @property {{ port?: number, password: string }} redis
 * @property {{ JWT_ACCESS_SECRET: string, JWT_REFRESH_SECRET: string }} secrets
 */

/**
 * What was saved in a folder; what is missing is made anew.
 * @param {string} folder
 * @returns {SavedLogins}
 */
export function readLogins(folder) {
  const saved = readJsonObject(join(folder, 'servers.json')) ?? {};
  const database = asObject(saved['database']) ?? {};
  const redis = asObject(saved['redis']) ?? {};
  const secrets = asObject(saved['secrets']) ?? {};
  return {
    database: {
      ...portOf(database),
      password: textOr(database['password'], randomPassword),
      adminPassword: textOr(database['adminPassword'], randomPassword),
    },
    redis: { ...portOf(redis), password: textOr(redis['password'], randomPassword) },
    secrets: {
      JWT_ACCESS_SECRET: textOr(secrets['JWT_ACCESS_SECRET'], randomSecret),
      JWT_REFRESH_SECRET: textOr(secrets['JWT_REFRESH_SECRET'], randomSecret),
    },
  };
}

/**
 * Saves them for the next start; only the owner may read the file.
 * @param {string} folder
 * @param {SavedLogins} logins
 */
export function saveLogins(folder, logins) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeJsonObject(join(folder, 'servers.json'), logins);
}

/** @param {unknown} value @param {() => string} make */
function textOr(value, make) {
  return typeof value === 'string' && value !== '' ? value : make();
}

/** @param {import('./json-file.mjs').JsonObject} server */
function portOf({ port }) {
  return typeof port === 'number' ? { port } : {};
}

function randomSecret() {
  return randomBytes(48).toString('base64url');
}
