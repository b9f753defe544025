// @ts-check
/** What the project's own tests and benchmarks use of this folder. */
export { startDatabase } from './database.mjs';
export { startRedis } from './redis.mjs';
export { startNats } from './nats.mjs';
