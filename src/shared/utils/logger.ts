import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { Config } from '../config/config.ts';

export type Logger = PinoLogger;

/** What must never reach a log, wherever in a logged object it stands: secrets, and what may describe a person's health. */
const SECRET_FIELDS = [
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'set-cookie',
  'reason',
  'notes',
  'content',
];

const redact = {
  paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
  censor: '[redacted]',
};

export const createLogger = (
  { logLevel, appName }: Pick<Config, 'logLevel' | 'appName'>,
  destination?: DestinationStream,
): Logger => {
  const options = {
    level: logLevel,
    base: { app: appName },
    redact,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
};
