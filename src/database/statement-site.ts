import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programFolder } from '../shared/utils/program-folder.ts';

/** As V8 knows a place in the running program. */
type Frame = NodeJS.CallSite;

/** Of each file of a build, by its path below `dist`: the first line of each part of it, and the file it was made of. */
type Places = Readonly<Record<string, readonly (readonly [line: number, source: string])[]>>;

let places: Places | undefined;
const readPlaces = (): Places => {
  const file = join(programFolder, 'places.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Places) : {};
};

/** The file that a place was written in, also if a build has put it into another one. */
const sourceOf = (frame: Frame | undefined): string => {
  const name = frame?.getFileName() ?? '';
  const file = name.startsWith('file:') ? fileURLToPath(name) : name;
  places ??= readPlaces();
  const line = frame?.getLineNumber() ?? 0;
  return places[relative(programFolder, file)]?.findLast(([first]) => first <= line)?.[1] ?? file;
};

/**
 * A build tells functions of one name in several files apart by a number behind it, and puts what stands at the top of a file into a
 * function with the file's name.
 */
const functionOf = (frame: Frame | undefined): string | undefined => {
  const name = frame?.getFunctionName();
  return name?.includes('/') ? undefined : name?.split('.').at(-1)?.replace(/\d+$/, '');
};

const FRAMES = 6;
const names = new WeakMap<TemplateStringsArray, string>();

const framesAbove = (callee: (...given: never[]) => unknown): readonly Frame[] => {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_error, frames) => frames;
  Error.captureStackTrace(holder, callee);
  const frames = holder.stack as readonly Frame[];
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = prepareStackTrace;
  return frames;
};

/** The domain that a file belongs to, or else the folder: `appointments`, `database`. */
const partOf = (file: string): string => {
  const [, inside = file] = /^(?:.*\/)?src\/(.*)$/.exec(file) ?? [];
  const [first = '', second = ''] = inside.split('/');
  return (first === 'domains' ? second : first).replace(/\.\w+$/, '');
};

const baseOf = (file: string): string =>
  /([^/]+?)(?:\.(?:repository|service))?\.\w+$/.exec(file)?.[1] ?? 'unknown';

/** Folder, file and function. A function without a name stands in one that has one, or at the top of its file. */
const nameOf = (frames: readonly Frame[]): string => {
  const file = sourceOf(frames[0]);
  const own = frames.find((each) => functionOf(each) !== undefined && sourceOf(each) === file);
  const parts = [partOf(file), baseOf(file), functionOf(own)];
  return [...new Set(parts.filter((part) => part !== undefined))].join('.');
};

/**
 * Names a tagged template by the function that it is written in. The language gives each place in the source one object of strings
 * for good, so that the stack is looked at once for each place and not again.
 */
export const siteOf = (strings: TemplateStringsArray, tag: (...given: never[]) => unknown): string => {
  const known = names.get(strings);
  if (known !== undefined) return known;
  const name = nameOf(framesAbove(tag));
  names.set(strings, name);
  return name;
};
