import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './shared/utils/program-folder.ts';

const packageFile = join(projectFolder, 'package.json');

/** The version of this installation, as its package says. */
export const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
