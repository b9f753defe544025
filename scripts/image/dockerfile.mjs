// @ts-check

/** @typedef {{ word: string, flags: Record<string, string>, text: string }} Instruction */
/** @typedef {{ base: string, name: string | undefined, instructions: Instruction[] }} Stage */

/**
 * The stages of a Dockerfile with their instructions, lines put together and comments left out.
 * @param {string} text
 * @returns {Stage[]}
 */
export function readDockerfile(text) {
  /** @type {Stage[]} */
  const stages = [];
  for (const line of linesOf(text)) {
    const { word, flags, text: rest } = instructionOf(line);
    if (word === 'FROM') {
      const [base = '', , name] = rest.split(/\s+/);
      stages.push({ base, name, instructions: [] });
    } else stages.at(-1)?.instructions.push({ word, flags, text: rest });
  }
  return stages;
}

/** @param {string} text */
function linesOf(text) {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** @param {string} line @returns {Instruction} */
function instructionOf(line) {
  const [, word = '', marks = '', text = ''] = /^(\S+)\s+((?:--[\w-]+=\S+\s+)*)(.*)$/.exec(line) ?? [];
  /** @type {Record<string, string>} */
  const flags = {};
  for (const [, name = '', value = ''] of marks.matchAll(/--([\w-]+)=(\S+)/g)) flags[name] = value;
  return { word: word.toUpperCase(), flags, text };
}

/** `CMD ["node", "-e", "…"]`: the words of a command that no shell reads. @param {string} text @returns {string[]} */
export function execForm(text) {
  /** @type {unknown} */
  const words = JSON.parse(text.replace(/^CMD\s+/, ''));
  return Array.isArray(words) ? words.map(String) : [];
}

/**
 * Whether a .dockerignore lets a file into the build. The last pattern that fits decides; what fits a folder, fits all in it.
 * @param {string} patterns
 * @returns {(path: string) => boolean}
 */
export function contextFilter(patterns) {
  const rules = patterns
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      lets: line.startsWith('!'),
      fits: new RegExp(`^${globSource(line.replace(/^!/, ''))}(/|$)`),
    }));
  return (path) => rules.findLast(({ fits }) => fits.test(path))?.lets ?? true;
}

/** @param {string} glob */
function globSource(glob) {
  return glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '(?:.*/)?');
}
