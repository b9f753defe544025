export type Answer<Body = any> = { readonly status: number; readonly body: Body; readonly headers: Headers };
export type Headers_ = Readonly<Record<string, string>>;
/** One request with its answer; `path` is below the API's base. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly answer: Answer;
};

/** Calls the API as one caller. A body that is text or a form is sent as it is. */
export type Api = {
  with(headers: Headers_): Api;
  send(method: string, path: string, body?: unknown, headers?: Headers_): Promise<Answer>;
  get(path: string, headers?: Headers_): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Headers_): Promise<Answer>;
  put(path: string, body?: unknown, headers?: Headers_): Promise<Answer>;
  patch(path: string, body?: unknown, headers?: Headers_): Promise<Answer>;
  delete(path: string, body?: unknown, headers?: Headers_): Promise<Answer>;
};

const parse = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const isJson = (body: unknown): boolean => body !== undefined && !(body instanceof FormData);
const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** `heard` is told of every answer before the caller gets it, and may refuse it by throwing. */
export const createApi = (
  baseUrl: string,
  own: Headers_ = {},
  heard: (exchange: Exchange) => void = () => undefined,
): Api => {
  const send: Api['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { ...(isJson(body) && { 'Content-Type': 'application/json' }), ...own, ...headers },
      ...(body !== undefined && { body: isJson(body) ? textOf(body) : (body as FormData) }),
    });
    const answer = {
      status: response.status,
      body: parse(await response.text()),
      headers: response.headers,
    };
    heard({ method, path, body, answer });
    return answer;
  };
  return {
    send,
    with: (headers) => createApi(baseUrl, { ...own, ...headers }, heard),
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, body, headers) => send('DELETE', path, body, headers),
  };
};
