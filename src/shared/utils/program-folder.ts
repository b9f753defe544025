import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

const withPackageFile = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : withPackageFile(dirname(folder));

/** The folder with package.json. A module cannot tell where it lies: in what is built, files stand together in others. */
export const projectFolder = withPackageFile(here);

/** The folder that the running program lies in: `src`, or `dist` of a build. */
export const programFolder = join(projectFolder, relative(projectFolder, here).split(sep)[0] ?? '');
