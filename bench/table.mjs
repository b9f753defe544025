// @ts-check

/** @typedef {import('./rows.mjs').Row} Row */

const heading = ['', 'per second', 'p50 ms', 'p99 ms', 'ratio', ''];

/**
 * The rows as plain text in columns.
 * @param {readonly Row[]} rows
 */
export function tableOf(rows) {
  const lines = [heading, ...rows.map(cellsOf)];
  const widths = heading.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          const isText = column === 0 || column === heading.length - 1;
          return isText ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param {Row} row */
function cellsOf({ name, perSecond, p50Ms, p99Ms, ratio, baseline, failure }) {
  if (failure !== null) return [name, 'error', '', '', '', failure];
  return [
    name,
    inWords(perSecond),
    inWords(p50Ms),
    inWords(p99Ms),
    inWords(ratio),
    baseline === null ? '' : `× ${baseline}`,
  ];
}

/** @param {number | null} value */
function inWords(value) {
  return value === null || Number.isNaN(value) ? '–' : String(value);
}
