// @ts-check
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** The application's database and user, here and in the tests. */
export const databaseName = 'doctor_appointment_db';
export const databaseUser = 'doctor_app';

/** A password that needs no quoting anywhere, with 192 random bits. */
export function randomPassword() {
  return randomBytes(24).toString('base64url');
}

/**
 * The statements that a private database runs at each start, one to a line as `--init-file` wants it. They can be
 * repeated, and end with exactly these passwords whatever was there before. The user may make any database whose name
 * starts with `doctor_`, because tests make their own.
 * @param {{ password: string, adminPassword: string, databases: string[] }} logins
 */
export function bootstrapSql({ password, adminPassword, databases }) {
  const accounts = ['localhost', '127.0.0.1'].map((host) => `'${databaseUser}'@'${host}'`);
  return [
    'SET sql_log_bin = 0;',
    ...databases.map(
      (name) =>
        `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;`,
    ),
    ...accounts.flatMap((account) => [
      `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';`,
      `ALTER USER ${account} IDENTIFIED BY '${password}';`,
      `GRANT ALL PRIVILEGES ON \`doctor\\_%\`.* TO ${account};`,
    ]),
    ...openRoots().map((host) => `DROP USER IF EXISTS 'root'@'${host}';`),
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${adminPassword}';`,
    `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '${adminPassword}';`,
    `ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${adminPassword}';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

/** Hosts for which a fresh data folder may hold a root without a password. */
function openRoots() {
  return ['::1', '%', hostname()].filter((host) => host !== 'localhost');
}
