// @ts-check

/**
 * Settles when the user or the system asks this process to end. From now on the signals do nothing else, except that
 * a third one ends it at once.
 * @returns {Promise<NodeJS.Signals>}
 */
export function interruption() {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        count += 1;
        if (count > 2) process.exit(1);
        resolve(signal);
      });
    }
  });
}
