// @ts-check
/** Kills one part of an installation after the other while it is booked at, and says what that broke: `npm run chaos`. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { interruption } from '../scripts/servers/interruption.mjs';
import { killAllKept } from '../scripts/servers/kept-process.mjs';
import { Problem, runProgram } from '../scripts/servers/problem.mjs';
import { requireNode, requireUnix, stateFolder } from '../scripts/servers/project.mjs';
import { progress } from '../scripts/servers/say.mjs';
import { build, requireBuild } from './built-server.mjs';
import { visitsToBook } from './calendar.mjs';
import { effectOf, strike } from './chaos/faults.mjs';
import { startLoad } from './chaos/load.mjs';
import { startTopology } from './chaos/topology.mjs';
import { judge } from './chaos/verdict.mjs';
import { makeClinic } from './clinic.mjs';
import { describeMachine } from './machine.mjs';

const HELP = `npm run chaos                       kills every part once under a steady load of bookings; takes about five minutes
npm run chaos -- --seconds N        how long each part stays dead, 8 by default
npm run chaos -- --per-second N     pairs of rivals that ask for one time, 5 a second by default
npm run chaos -- --no-build         uses the build that is there

Starts three nodes of MariaDB with Galera, Redis Sentinel, two API processes and a worker on loopback, and removes them at the end.
Needs MariaDB; what else is missing is fetched from Debian once. The exit code is 1 if a guarantee was broken.
`;

const options = /** @type {const} */ ({
  seconds: { type: 'string', default: '8' },
  'per-second': { type: 'string', default: '5' },
  'no-build': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});
const longestMinutes = 14;
const doctors = 5;
const patients = 120;
const secondsBetween = 4;

await runProgram(async () => {
  requireNode();
  requireUnix();
  const given = readOptions();
  if (given.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const interrupted = interruption();
  const folder = join(stateFolder, 'bench', `chaos-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const code = await Promise.race([interrupted, run(folder, given)]);
    return typeof code === 'string' ? 130 : code;
  } finally {
    await killAllKept();
    rmSync(folder, { recursive: true, force: true });
  }
});

function readOptions() {
  try {
    const { values } = parseArgs({ options, allowNegative: false });
    return {
      help: values.help,
      build: !values['no-build'],
      secondsDead: numberFrom(values.seconds, '--seconds', 60),
      perSecond: numberFrom(values['per-second'], '--per-second', 50),
    };
  } catch (error) {
    throw error instanceof Problem
      ? error
      : new Problem(`${/** @type {Error} */ (error).message}\n\n${HELP}`);
  }
}

/** @param {string} text @param {string} name @param {number} most */
function numberFrom(text, name, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new Problem(`${name} must be a whole number from 1 to ${most}.`);
}

/** @param {string} folder @param {{ build: boolean, secondsDead: number, perSecond: number }} given */
async function run(folder, { build: isBuilding, secondsDead, perSecond }) {
  if (isBuilding) {
    progress('Building …');
    await build();
  } else requireBuild();
  progress('Starting the database nodes, Redis, sentinels and processes …');
  const topology = await startTopology(folder);
  progress(`Making a clinic of ${doctors} doctors …`);
  const clinic = await makeClinic(topology.urls()[0] ?? '', {
    doctors,
    patients,
    bookedDays: 1,
    isBooked: false,
  });
  const visits = await visitsToBook(clinic, longestMinutes * 60 * perSecond);
  const load = startLoad({
    urls: topology.urls,
    token: clinic.token,
    visits,
    // Half of the patients behind in their turns, so that nobody meets themselves.
    rivals: [...clinic.patientIds.slice(patients / 2), ...clinic.patientIds.slice(0, patients / 2)],
    perSecond,
  });
  await delay(secondsBetween * 1_000);
  const faults = [];
  for (const part of topology.parts) {
    progress(`kill -9: ${part.name}`);
    const fault = await strike(part, { secondsDead, secondsAfter: secondsBetween });
    const { secondsWithout } = effectOf(fault, load.acknowledged);
    progress(`  is back; without service for ${secondsWithout.toFixed(1)} s`);
    faults.push(fault);
  }
  await load.stop();
  progress('Waiting until every event has arrived …');
  const verdict = await judge(topology.admin, load.acknowledged);
  await topology.stop();

  const { node, cpus } = describeMachine();
  const lines = [
    '',
    topology.title,
    `Node ${node}, ${cpus} processors for all of it; ${perSecond} pairs of rivals a second; each part dead for ${secondsDead} s`,
    '',
    `${'kill -9'.padEnd(34)}${'seconds without service'.padStart(24)}${'bookings'.padStart(10)}${'asked again'.padStart(13)}`,
    ...faults.map((fault) => {
      const { secondsWithout, booked, askedAgain } = effectOf(fault, load.acknowledged);
      return `${fault.name.padEnd(34)}${secondsWithout.toFixed(1).padStart(24)}${String(booked).padStart(10)}${String(askedAgain).padStart(13)}`;
    }),
    '',
    `${'Bookings acknowledged'.padEnd(58)}${String(load.acknowledged.length).padStart(6)}`,
    `${'Rivals refused (slot_taken)'.padEnd(58)}${String(load.counts.refused).padStart(6)}`,
    ...verdict.map(([name, broken]) => `${name.padEnd(58)}${String(broken).padStart(6)}`),
    `${'Answers that nobody should get'.padEnd(58)}${String(load.surprises.length).padStart(6)}`,
    ...[...new Set(load.surprises)].slice(0, 10).map((answer) => `  ${answer}`),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const isKept = verdict.every(([, broken]) => broken === 0) && load.surprises.length === 0;
  return isKept && load.acknowledged.length > 0 ? 0 : 1;
}
