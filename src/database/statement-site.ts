/** As V8 knows a place in the running program. */
type Frame = NodeJS.CallSite;

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
  const [, inside = file] = /^.*\/(?:src|dist)\/(.*)$/.exec(file) ?? [];
  const [first = '', second = ''] = inside.split('/');
  return (first === 'domains' ? second : first).replace(/\.\w+$/, '');
};

const baseOf = (file: string): string =>
  /([^/]+?)(?:\.(?:repository|service))?\.\w+$/.exec(file)?.[1] ?? 'unknown';

/** Folder, file and function. A function without a name stands in one that has one, or at the top of its file. */
const nameOf = ([frame, ...others]: readonly Frame[]): string => {
  const file = frame?.getFileName() ?? '';
  const inSameFile = [frame, ...others].filter((each) => each?.getFileName() === file);
  const [own] = inSameFile.flatMap((each) => each?.getFunctionName() ?? []);
  const parts = [partOf(file), baseOf(file), own?.split('.').at(-1)];
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
