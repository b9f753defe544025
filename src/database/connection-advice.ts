import type { DatabaseConfig } from './pool.ts';

type Place = Pick<DatabaseConfig, 'host' | 'port' | 'name' | 'user'>;

/** Why a connection could not be made and what to do about it, for whoever set up the database. */
export const connectionAdvice = (error: unknown, { host, port, name, user }: Place): string => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const place = `the database ${name} at ${host}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `Cannot reach ${place}: no server listens there. Start MySQL, or set DB_HOST and DB_PORT.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Cannot reach ${place}: no such host is known. Set DB_HOST.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `Cannot reach ${place}: the server does not answer. Check DB_HOST, DB_PORT and the network between.`;
    case 'ER_BAD_DB_ERROR':
      return `Cannot open ${place}: it does not exist. Create it with CREATE DATABASE \`${name}\`, or set DB_NAME.`;
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return `Cannot open ${place}: the server does not accept the user ${user} with this password. Set DB_USER and DB_PASSWORD.`;
    case 'ER_DBACCESS_DENIED_ERROR':
      return `Cannot open ${place}: it does not exist, or the user ${user} may not use it. Create it and grant the user all rights on it, or set DB_NAME and DB_USER.`;
    default:
      return `Cannot open ${place}: ${message || code || String(error)}. Check DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASSWORD.`;
  }
};
