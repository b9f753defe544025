// @ts-check
/**
 * Preloaded into a program that reads the terminal and so cannot have a keeper: ends it when its parent is gone. Not into
 * the workers of Jest, which end by themselves, and which only their channel keeps alive while a test waits.
 */
if (process.connected && process.env['JEST_WORKER_ID'] === undefined) {
  process.on('disconnect', () => process.exit(1));
  // Listening alone must not keep the program from ending.
  process.channel?.unref();
}
