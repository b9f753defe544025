// @ts-check
import { tableOf } from './table.mjs';

/**
 * Everything that a run found out.
 * @typedef {object} Results
 * @property {string} startedAt
 * @property {number} tookSeconds without installing and building
 * @property {boolean} isQuick
 * @property {ReturnType<typeof import('./machine.mjs').describeMachine> & { redis: string, database: Awaited<ReturnType<typeof import('./driver.mjs').prepareDatabases>> }} machine
 * @property {import('./options.mjs').Plan} plan
 * @property {import('./rows.mjs').Row[]} rows
 * @property {string[]} statements those of one booking
 */

/**
 * @param {Omit<Results, 'startedAt' | 'tookSeconds'> & { startedAt: Date }} found
 * @returns {Results}
 */
export function resultsOf({ startedAt, ...found }) {
  return {
    startedAt: startedAt.toISOString(),
    tookSeconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    ...found,
  };
}

/**
 * The results for people.
 * @param {Results} results
 */
export function textOf({ machine, plan, rows, statements, isQuick, tookSeconds }) {
  const { node, system, cpus, cpu, memoryGiB, loadBefore, database, redis } = machine;
  const { flushLogAtCommit, binaryLog, syncBinaryLog } = database;
  return [
    '',
    `Node ${node} on ${system}, ${cpus} × ${cpu}, ${memoryGiB} GiB; load average before: ${loadBefore}`,
    `${database.title} (flush log at commit ${flushLogAtCommit}, binary log ${binaryLog}, synced ${syncBinaryLog}); ${redis}`,
    `${isQuick ? 'Quick: up to ' : ''}${plan.rounds} rounds; ${plan.reading.connections} connections read; where no size is named, ${plan.appointments} appointments, ${plan.clinics} clinics; ${tookSeconds} seconds`,
    '',
    tableOf(rows),
    '',
    ...(statements.length > 0 ? ['What a booking sends, line by line:'] : []),
    ...statements.map((text, index) => `${String(index + 1).padStart(4)}  ${shortened(text)}`),
    '',
  ].join('\n');
}

const lineLength = 140;

/** @param {string} text */
function shortened(text) {
  return text.length <= lineLength ? text : `${text.slice(0, lineLength)} …`;
}
