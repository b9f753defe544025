/** Whether somebody wants the program to end (Ctrl-C): it does when that leaves nothing half done. */
export const listenForStop = (): (() => boolean) => {
  let isStopping = false;
  const stop = () => {
    if (!isStopping) process.stderr.write('Stopping after what is under way …\n');
    isStopping = true;
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return () => isStopping;
};
