import { afterAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createDomains } from '../../composition/domains.ts';
import { createInfrastructure } from '../../infrastructure.ts';
import { parseConfig } from '../../shared/config/config.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import { buildOpenApi } from '../openapi.ts';
import { publicPath } from '../openapi/names.ts';
import { exampleFaults } from './openapi-examples.ts';

const config = parseConfig({});
const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
afterAll(() => infrastructure.close());

const groups = createDomains(infrastructure).routes;
const document = buildOpenApi(groups, { appName: config.appName, version: '1.0.0' });

test('every route of the product is described, and the whole is OpenAPI 3.1', async () => {
  const { errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
});

test('every example is one that its schema allows', () => {
  expect(exampleFaults(document)).toEqual([]);
});

const bodies = groups.flatMap(({ base, routes }) =>
  routes.flatMap(({ method, path, body }) => (body ? [{ method, path: publicPath(base + path), body }] : [])),
);

test.each(bodies)(
  'the example of $method $path is a request that the server reads',
  ({ method, path, body }) => {
    const example = document.paths[path]?.[method]?.requestBody?.content['application/json']?.example;
    expect(body.safeParse(example).error).toBeUndefined();
  },
);
