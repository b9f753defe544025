import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { MediaType, OpenApiDocument, Operation, Parameter } from '../openapi/document.ts';

const DOCUMENT = 'https://example.org/openapi.json';

/** Every example of the document that its own schema does not allow, with where it stands and why. */
export const exampleFaults = (document: OpenApiDocument): string[] => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const components = { $id: DOCUMENT, components: document.components };
  ajv.addSchema(JSON.parse(JSON.stringify(components)) as object);

  const faultOf = (where: string, schema: object, example: unknown): string[] => {
    const local = JSON.stringify(schema).replaceAll('"#/components', `"${DOCUMENT}#/components`);
    const allows = ajv.compile(JSON.parse(local) as object);
    return allows(example) ? [] : [`${where}: ${JSON.stringify(example)} ${ajv.errorsText(allows.errors)}`];
  };
  const faultsOfContent = (where: string, content: Record<string, MediaType> = {}) =>
    Object.values(content).flatMap(({ schema, example, examples = {} }) => [
      ...(example === undefined ? [] : faultOf(where, schema, example)),
      ...Object.values(examples).flatMap(({ value }) => faultOf(where, schema, value)),
    ]);
  const faultsOfParameter = (where: string, { name, schema, example }: Parameter) =>
    example === undefined ? [] : faultOf(`${where} ${name}`, schema, example);
  const faultsOfOperation = ({ operationId, parameters = [], requestBody, responses }: Operation) => [
    ...parameters.flatMap((each) => ('name' in each ? faultsOfParameter(operationId, each) : [])),
    ...faultsOfContent(`${operationId} request`, requestBody?.content),
    ...Object.entries(responses).flatMap(([status, response]) =>
      'content' in response ? faultsOfContent(`${operationId} ${status}`, response.content) : [],
    ),
  ];

  return [
    ...Object.values(document.paths).flatMap((methods) => Object.values(methods).flatMap(faultsOfOperation)),
    ...Object.entries(document.components.responses).flatMap(([name, { content }]) =>
      faultsOfContent(name, content),
    ),
  ];
};
