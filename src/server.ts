import cluster from 'node:cluster';
import { obeyPrimary } from './cluster/member.ts';
import { startPrimary } from './cluster/primary.ts';
import { SchemaError } from './database/service-tables.ts';
import { type Config, ConfigError, loadConfig } from './shared/config/config.ts';
import { MasterKeyError } from './shared/crypto/master-keys.ts';
import { createLogger } from './shared/utils/logger.ts';
import { shutDownOnSignals } from './shared/utils/shutdown.ts';

/** The cause of a start that fails, in one line; its stack would tell an operator nothing more. */
const explain = (error: unknown): string => {
  const isExplained =
    error instanceof ConfigError || error instanceof MasterKeyError || error instanceof SchemaError;
  if (isExplained) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return `Port ${String(port)} is taken. Set PORT to another one.`;
  if (code === 'EACCES') return `Port ${String(port)} needs more rights than this user has. Set PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

const exit = (code: number) => process.exit(code);

const serve = async (config: Config): Promise<void> => {
  // Not by the first process of a cluster, which serves nothing.
  const { startServer } = await import('./start-server.ts');
  const { shutdown } = await startServer(config, createLogger(config));
  if (cluster.isWorker) obeyPrimary(shutdown, exit);
  else shutDownOnSignals(shutdown, exit);
};

const start = async (): Promise<void> => {
  const config = loadConfig();
  if (cluster.isPrimary && config.workers > 0) {
    const { workers, shutdownTimeoutMs: stopWithinMs } = config;
    await startPrimary({ workers, logger: createLogger(config), stopWithinMs, exit });
  } else await serve(config);
};

start().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
