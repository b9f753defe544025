import { jest } from '@jest/globals';

// On a machine that others use as well, a real server may be late once. The first failure stays in the log.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
