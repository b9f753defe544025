// @ts-check
/** What the project's own tests and benchmarks use of this folder. */
export { startDatabase } from './database.mjs';
export { installedDatabase } from './installed-database.mjs';
export { Problem } from './problem.mjs';
export { findDatabaseProgram, findRedisProgram } from './programs.mjs';
export { startRedis } from './redis.mjs';
