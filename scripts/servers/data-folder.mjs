// @ts-check
import { constants, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { readJsonObject, writeJsonObject } from './json-file.mjs';
import { openLog, tailOf } from './log-file.mjs';
import { Problem } from './problem.mjs';
import { compareVersions, findExecutable, programTitle, searchedFolders } from './programs.mjs';

/** @typedef {import('./programs.mjs').DatabaseProgram} DatabaseProgram */
/** @typedef {import('./programs.mjs').Version} Version */

/**
 * Makes sure that a folder holds a data folder (`data`) which the program may open, and records who opened it last.
 * A folder of another engine or of a newer version is refused. With a template folder, a new one is a copy.
 * @param {{ folder: string, program: DatabaseProgram, log: string, templates?: string }} options
 * @returns {Promise<'new' | 'kept' | 'upgraded'>}
 */
export async function prepareDataFolder({ folder, program, log, templates }) {
  const data = join(folder, 'data');
  const record = join(folder, 'made-by.json');
  const isNew = !existsSync(data);
  const before = isNew ? undefined : lastOpenedBy(record);
  if (before) refuseUnreadable(folder, before, program);
  if (isNew && templates === undefined) await initialise(data, program, log);
  else if (isNew && templates !== undefined) copyData(await template(templates, program, log), data);
  writeJsonObject(record, { engine: program.engine, version: program.version });
  if (isNew) return 'new';
  return before !== undefined && compareVersions(before.version, program.version) < 0 ? 'upgraded' : 'kept';
}

/** @param {string} record @returns {{ engine: DatabaseProgram['engine'], version: Version } | undefined} */
function lastOpenedBy(record) {
  const { engine, version } = readJsonObject(record) ?? {};
  if ((engine !== 'mysql' && engine !== 'mariadb') || !Array.isArray(version)) return undefined;
  return { engine, version: [Number(version[0]), Number(version[1]), Number(version[2])] };
}

/**
 * Neither engine reads the other's files, nor those of a newer version; both upgrade older ones themselves.
 * @param {string} folder
 * @param {{ engine: DatabaseProgram['engine'], version: Version }} before
 * @param {DatabaseProgram} program
 */
function refuseUnreadable(folder, before, program) {
  if (before.engine === program.engine && canOpen(program, before.version)) return;
  throw new Problem(
    [
      `The database in ${folder} was made by ${programTitle(before)}, and ${programTitle(program)} cannot open it.`,
      `Use ${programTitle(before)} again, or start over with an empty database: npm run dev -- --reset`,
    ].join('\n'),
  );
}

/** @param {DatabaseProgram} program @param {Version} written */
function canOpen({ engine, version }, written) {
  const sameSeries = version[0] === written[0] && version[1] === written[1];
  if (engine === 'mariadb' && sameSeries) return true;
  // MySQL's upgrade paths lead from 8.0 to later majors by way of 8.4 only.
  const skipsSeries = engine === 'mysql' && version[0] > 8 && written[0] === 8 && written[1] < 4;
  return compareVersions(version, written) >= 0 && !skipsSeries;
}

/**
 * The initialised folder that copies are made of; made when it is missing.
 * @param {string} templates @param {DatabaseProgram} program @param {string} log
 */
async function template(templates, program, log) {
  const path = join(templates, `${program.engine}-${program.version.join('.')}`);
  if (!existsSync(path)) await initialise(path, program, log);
  return path;
}

/** @param {string} from @param {string} to */
function copyData(from, to) {
  const draft = `${to}.${process.pid}.new`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(from, draft, { recursive: true, mode: constants.COPYFILE_FICLONE });
  // Names one MySQL server; a copy is another server.
  rmSync(join(draft, 'auto.cnf'), { force: true });
  renameSync(draft, to);
}

/** Appears under its name only when complete. @param {string} path @param {DatabaseProgram} program @param {string} log */
async function initialise(path, program, log) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${resolve(path)}.${process.pid}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const [command, args] =
    program.engine === 'mariadb'
      ? [
          mariadbInstaller(program),
          [
            '--no-defaults',
            `--datadir=${draft}`,
            '--auth-root-authentication-method=normal',
            '--skip-test-db',
            ...asRoot,
          ],
        ]
      : [
          program.command,
          [
            ...(program.before ?? []),
            '--no-defaults',
            ...(program.options ?? []),
            '--initialize-insecure',
            `--datadir=${draft}`,
            ...asRoot,
          ],
        ];
  const code = await runLogged(command, args, log);
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Problem(
      `${basename(command)} failed (${code ?? 'killed'}). The end of ${log}:\n${tailOf(log)}`,
    );
  }
  // Another process may have made the same template meanwhile.
  if (existsSync(path)) rmSync(draft, { recursive: true, force: true });
  else renameSync(draft, path);
}

/** @param {DatabaseProgram} program */
function mariadbInstaller(program) {
  const prefix = dirname(dirname(program.command));
  const near = ['bin', 'scripts'].map((name) => join(prefix, name));
  const found = findExecutable(['mariadb-install-db', 'mysql_install_db'], [...near, ...searchedFolders()]);
  if (found !== undefined) return found;
  throw new Problem(
    `${programTitle(program)} is here, but not mariadb-install-db, which belongs to the same package.`,
  );
}

/** @param {string} command @param {string[]} args @param {string} log @returns {Promise<number | null>} */
function runLogged(command, args, log) {
  const output = openLog(log);
  return new Promise((resolveCode, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', output, output] });
    child.once('error', reject);
    child.once('exit', resolveCode);
  });
}
