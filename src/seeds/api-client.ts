/** Calls the API as one caller: JSON in, JSON out, anything but success is an error that says what was answered. */
export type ApiClient = {
  post<Answer>(path: string, body: object): Promise<Answer>;
  put<Answer>(path: string, body: object): Promise<Answer>;
  get<Answer>(path: string): Promise<Answer>;
  /** Whether the path answers with success. */
  answers(path: string): Promise<boolean>;
};

export const createApiClient = (baseUrl: string, headers: Readonly<Record<string, string>>): ApiClient => {
  const send = (method: string, path: string, body?: object) =>
    fetch(`${baseUrl}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await send(method, path, body);
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  return {
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    get: (path) => call('GET', path),
    answers: async (path) => (await send('GET', path)).ok,
  };
};
