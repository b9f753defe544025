const LINE_EVERY_MS = 1_000;

/** Writes a line now and then; one that `always` has to be seen, at once. */
export const createProgress = () => {
  let shownAt = performance.now();
  return (line: () => string, always = false): void => {
    const now = performance.now();
    if (!always && now - shownAt < LINE_EVERY_MS) return;
    shownAt = now;
    process.stderr.write(`  ${line()}\n`);
  };
};

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export const sizeOf = (bytes: number): string => {
  const power = bytes === 0 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const amount = bytes / 2 ** (10 * power);
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power] ?? ''}`;
};

/** How many rows of a table have been copied. */
export const tableProgress = (table: string, rows: number): void => {
  process.stderr.write(`  ${table.padEnd(28)} ${rows}\n`);
};
