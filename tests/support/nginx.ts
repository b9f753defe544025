import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireUnpacked } from '../../scripts/servers/unpacked-program.mjs';
import { certificate } from './certificate.ts';

/** The program, or nothing where none can be had: an error where tests must not be left out. */
export const findNginx = (): string | undefined => {
  const nginx = requireUnpacked('nginx', '.data/nginx');
  if (nginx === undefined && process.env['CI'] !== undefined) throw new Error('No nginx could be fetched.');
  if (nginx === undefined) process.stderr.write('Not tested: no nginx is here, and none can be fetched.\n');
  return nginx;
};

export type Nginx = { stop(): Promise<void> };

/** nginx with `template`, in which `values` take the places of their names; its files are in a folder of its own. */
export const startNginx = (
  program: string,
  template: string,
  values: Readonly<Record<string, string>>,
): Nginx => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const all: Record<string, string> = { TLS: folder, ...values };
  const config = template
    .replaceAll('/tmp/', `${folder}/`)
    .replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => all[name] ?? '');
  // Its workers, which have fewer rights, keep there what they pass on.
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'nginx.conf'), config);
  writeFileSync(join(folder, 'fullchain.pem'), certificate.cert);
  writeFileSync(join(folder, 'privkey.pem'), certificate.key);
  const options = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'];
  const child: ChildProcess = spawn(program, options, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
