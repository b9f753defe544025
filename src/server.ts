import { ConfigError, loadConfig } from './shared/config/config.ts';
import { MasterKeyError } from './shared/crypto/master-keys.ts';
import { createLogger } from './shared/utils/logger.ts';
import { shutDownOnSignals } from './shared/utils/shutdown.ts';
import { startServer } from './start-server.ts';

/** The cause of a start that fails, in one line; its stack would tell an operator nothing more. */
const explain = (error: unknown): string => {
  if (error instanceof ConfigError || error instanceof MasterKeyError) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return `Port ${String(port)} is taken. Set PORT to another one.`;
  if (code === 'EACCES') return `Port ${String(port)} needs more rights than this user has. Set PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

try {
  const config = loadConfig();
  const logger = createLogger(config);
  const { shutdown } = await startServer(config, logger);
  shutDownOnSignals(shutdown, (code) => process.exit(code));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
