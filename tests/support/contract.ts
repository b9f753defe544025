import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiResponse, JsonSchema, OpenApiDocument, Operation } from '../../src/api/openapi/document.ts';
import type { Exchange } from './api.ts';

const DOCUMENT = 'https://example.org/openapi.json';
/** Headers that a documented answer carries only under some circumstances. */
const SOMETIMES = new Set(['Idempotency-Replayed', 'Retry-After']);

export type Contract = {
  /** `GET /doctors/{id}`, where the request was one to a documented route. */
  routeOf(exchange: Exchange): string | undefined;
  /** Everything in which the exchange is not as documented: answer, and the request if it was accepted. */
  faultsOf(exchange: Exchange): string[];
};

/** Judges real exchanges by `document`. A field that it does not name is a fault, also where a schema would allow it. */
export const createContract = (document: OpenApiDocument): Contract => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: DOCUMENT, components: closed({ schemas: document.components.schemas }) });
  const routes = routesOf(document);

  const compiled = new Map<JsonSchema, ValidateFunction>();
  const validatorOf = (schema: JsonSchema): ValidateFunction => {
    const known = compiled.get(schema);
    if (known) return known;
    const local = JSON.stringify(closed(schema)).replaceAll('"#/components', `"${DOCUMENT}#/components`);
    const validator = ajv.compile(JSON.parse(local) as object);
    compiled.set(schema, validator);
    return validator;
  };
  const mismatch = (what: string, schema: JsonSchema | undefined, value: unknown): string[] => {
    if (!schema) return [`${what} is not documented`];
    const allows = validatorOf(schema);
    return allows(value) ? [] : [`${what} ${ajv.errorsText(allows.errors)}: ${JSON.stringify(value)}`];
  };

  const find = ({ method, path }: Exchange) => {
    const [pathname = ''] = path.split('?', 1);
    return routes.find((route) => route.method === method && route.matches.test(pathname));
  };
  const resolve = (response: Operation['responses'][string]): ApiResponse | undefined =>
    '$ref' in response ? document.components.responses[nameIn(response.$ref)] : response;

  const faultsOfAnswer = ({ responses }: Operation, { answer }: Exchange): string[] => {
    const documented = responses[answer.status];
    const response = documented && resolve(documented);
    if (!response) return [`status ${answer.status} is not documented: ${JSON.stringify(answer.body)}`];
    const missing = Object.keys(response.headers ?? {}).filter(
      (name) => !SOMETIMES.has(name) && !answer.headers.has(name),
    );
    const faults = missing.map((name) => `${answer.status} lacks the header ${name}`);
    const [mediaType] = answer.headers.get('content-type')?.split(';') ?? [];
    if (!response.content) {
      const isEmpty = answer.body === undefined && mediaType === undefined;
      return isEmpty ? faults : [...faults, `${answer.status} has a body that is not documented`];
    }
    const schema = response.content[mediaType ?? '']?.schema;
    if (!schema) return [...faults, `${answer.status} in ${String(mediaType)} is not documented`];
    return [...faults, ...mismatch(`the body of ${answer.status}`, schema, answer.body)];
  };

  const faultsOfAcceptedRequest = ({ parameters = [], requestBody }: Operation, { path, body }: Exchange) => {
    const query = new URLSearchParams(path.split('?')[1] ?? '');
    const names = parameters.flatMap((each) => ('in' in each && each.in === 'query' ? [each.name] : []));
    const unknown = [...query.keys()].filter((name) => !names.includes(name));
    const schema = requestBody?.content['application/json']?.schema;
    const sent: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    return [
      ...unknown.map((name) => `?${name}= was accepted and is not documented`),
      ...(sent === undefined || sent instanceof FormData ? [] : mismatch('an accepted body', schema, sent)),
    ];
  };

  return {
    routeOf: (exchange) => find(exchange)?.name,
    faultsOf: (exchange) => {
      const route = find(exchange);
      if (!route) return [];
      const faults = faultsOfAnswer(route.operation, exchange);
      if (exchange.answer.status < 300) faults.push(...faultsOfAcceptedRequest(route.operation, exchange));
      return faults.map((fault) => `${route.name}: ${fault}`);
    },
  };
};

const nameIn = (reference: string): string => reference.split('/').at(-1) ?? '';

/** Paths that say more stand before those that have a parameter in the same place. */
const routesOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths)
    .sort(([a], [b]) => parametersIn(a) - parametersIn(b))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        matches: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
        operation,
      })),
    );

const parametersIn = (path: string): number => path.split('{').length;

/** A copy of `node` in which no object may have a field that is not named. Parts of an `allOf` speak of one object together. */
const closed = (node: unknown, isPart = false): unknown => {
  if (Array.isArray(node)) return node.map((each) => closed(each));
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]: [string, unknown]) => [
      key,
      key === 'allOf' && Array.isArray(value) ? value.map((each) => closed(each, true)) : closed(value),
    ]),
  );
  const isObjectSchema = copy['type'] === 'object' && copy['properties'] !== undefined;
  const isOpen = isObjectSchema && !isPart && copy['additionalProperties'] === undefined;
  return isOpen ? { ...copy, unevaluatedProperties: false } : copy;
};
