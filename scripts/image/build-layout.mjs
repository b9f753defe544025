// @ts-check
import { spawn } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Problem } from '../servers/problem.mjs';
import { execForm } from './dockerfile.mjs';

/** The user `node` of the images of Node. */
const NODE_USER = 1000;

/** @typedef {import('./dockerfile.mjs').Instruction} Instruction */
/** @typedef {import('./dockerfile.mjs').Stage} Stage */
/**
 * What an image would be: a folder in place of its root, and how it starts.
 * @typedef {{ root: string, cwd: string, env: Record<string, string>, user: string, command: string[], health: string[] }} Layout
 */
/** @typedef {{ context: string, folder: string, lets: (path: string) => boolean, tell: (text: string) => void }} Build */

/**
 * Does in folders of this machine what the stages of a Dockerfile do, and answers the last one. What it does not know how to do,
 * it refuses.
 * @param {readonly Stage[]} stages
 * @param {Build} build
 * @returns {Promise<Layout>}
 */
export async function buildLayout(stages, build) {
  /** @type {Map<string, string>} */
  const roots = new Map();
  /** @type {Layout | undefined} */
  let last;
  for (const [at, { name = String(at), instructions }] of stages.entries()) {
    const root = join(build.folder, name);
    mkdirSync(root, { recursive: true });
    roots.set(name, root);
    last = { root, cwd: root, env: {}, user: 'root', command: [], health: [] };
    for (const instruction of instructions) await follow(instruction, last, roots, build);
  }
  if (last === undefined) throw new Problem('The Dockerfile has no stage.');
  return last;
}

/** @param {Instruction} instruction @param {Layout} layout @param {Map<string, string>} roots @param {Build} build */
async function follow({ word, flags, text }, layout, roots, build) {
  const { root } = layout;
  switch (word) {
    case 'WORKDIR':
      layout.cwd = join(root, text);
      mkdirSync(layout.cwd, { recursive: true });
      return;
    case 'ENV':
      for (const pair of text.split(/\s+/)) {
        const [name = '', value = ''] = pair.split('=');
        layout.env[name] = value.startsWith('/') ? join(root, value) : value;
      }
      return;
    case 'COPY':
      copy(
        text.split(/\s+/),
        flags['from'] === undefined ? undefined : roots.get(flags['from']),
        layout,
        build,
      );
      return;
    case 'RUN':
      for (const command of text.split('&&')) await run(command.trim(), layout, build);
      return;
    case 'USER':
      layout.user = text;
      return;
    case 'CMD':
      layout.command = execForm(text);
      return;
    case 'HEALTHCHECK':
      layout.health = execForm(text);
      return;
    case 'EXPOSE':
    case 'VOLUME':
      return;
    default:
      throw new Problem(`This check does not know ${word}.`);
  }
}

/** @param {string[]} words @param {string | undefined} stage @param {Layout} layout @param {Build} build */
function copy(words, stage, { cwd }, { context, lets }) {
  const [target = '', ...sources] = words.reverse();
  for (const source of sources) {
    const from = join(stage ?? context, source);
    const intoFolder = target.endsWith('/') || sources.length > 1;
    const to = intoFolder ? join(cwd, target, basename(source)) : join(cwd, target);
    const isWanted =
      stage === undefined ? (/** @type {string} */ path) => lets(relative(context, path)) : () => true;
    const isOfContext = (/** @type {string} */ path) => statSync(path).isDirectory() || isWanted(path);
    cpSync(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: stage === undefined ? isOfContext : isWanted,
    });
  }
}

/** @param {string} command @param {Layout} layout @param {Build} build */
async function run(command, { root, cwd, env }, { tell }) {
  const [program, ...words] = command.split(/\s+/);
  const path = join(root, words.at(-1) ?? '');
  if (program === 'mkdir' && words[0] === '-p') mkdirSync(path, { recursive: true });
  else if (program === 'chown' && words[0] === '-R' && words[1] === 'node:node') giveToNode(path);
  else if (program === 'npm') {
    tell(`${command} …`);
    await npm(command, cwd, env);
  } else throw new Problem(`This check does not know how to run: ${command}`);
}

/** Only root may give files away; whoever else runs this owns them, and runs what is in them. @param {string} path */
function giveToNode(path) {
  if (process.getuid?.() !== 0) return;
  chownSync(path, NODE_USER, NODE_USER);
  for (const entry of readdirSync(path)) giveToNode(join(path, entry));
}

/** @param {string} command @param {string} cwd @param {Record<string, string>} env @returns {Promise<void>} */
function npm(command, cwd, env) {
  const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' };
  // A variable of the npm that runs this one would make it look elsewhere.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_ENV$/i.test(name));
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { ...Object.fromEntries(own), ...quiet, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Problem(`${command} has failed:\n${said.slice(-2_000)}`));
    });
  });
}

/** Whom its programs run as: `node`, where this machine lets us choose. @param {Layout} layout @returns {{ uid?: number, gid?: number }} */
export function identityOf({ user }) {
  if (user !== 'node') throw new Problem(`The image runs as ${user}, and not as a user without rights.`);
  return process.getuid?.() === 0 ? { uid: NODE_USER, gid: NODE_USER } : {};
}
