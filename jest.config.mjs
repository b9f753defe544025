import { availableParallelism } from 'node:os';

/** Tests sit beside the code they protect; what a test touches decides which project it belongs to. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

/** Tests on real servers get a second try where nobody watches them. */
const secondTry = process.env['CI'] === undefined ? [] : ['<rootDir>/tests/support/second-try.ts'];

/** @param {string} name @param {string[]} testMatch @param {string[]} [testPathIgnorePatterns] */
const project = (name, testMatch, testPathIgnorePatterns = []) => ({
  setupFilesAfterEnv: name === 'unit' ? [] : secondTry,
  displayName: name,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.data/', ...testPathIgnorePatterns],
});

/** One worker for each core but one, and two at least: while one waits for a server, the other goes on. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default {
  maxWorkers,
  // What the modules of a test file leave in memory is not given back before the worker ends.
  workerIdleMemoryLimit: '1GB',
  projects: [
    project('unit', ['src/**/*.test.ts'], ['[.](integration|e2e)[.]test[.]ts$']),
    project('integration', ['src/**/*.integration.test.ts', 'scripts/**/*.test.ts']),
    project('e2e', ['src/**/*.e2e.test.ts', 'tests/**/*.test.ts'], ['/tests/clusters/']),
    // What starts clusters of its own, which takes minutes: only when it is asked for by its name.
    ...(process.env['TEST_CLUSTERS'] === undefined
      ? []
      : [project('clusters', ['tests/clusters/*.test.ts'])]),
  ],
  testTimeout: 90_000,
};
