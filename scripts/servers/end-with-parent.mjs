// @ts-check
/** Preloaded into a program that reads the terminal and so cannot have a keeper: ends it when its parent is gone. */
if (process.connected) {
  process.on('disconnect', () => process.exit(1));
  // Listening alone must not keep the program from ending.
  process.channel?.unref();
}
