/** The push services of the browsers. Whoever could name any address here could make the server call inside its own network. */
const PUSH_SERVICES = [
  'fcm.googleapis.com',
  'push.services.mozilla.com',
  'push.apple.com',
  'notify.windows.com',
];

/** Whether the address is that of a push service, or of a host that the operator has added (`host` or `host:port`). */
export const isPushService = (endpoint: string, furtherHosts: readonly string[]): boolean => {
  const { protocol, hostname, host, username, port } = new URL(endpoint);
  if (protocol !== 'https:' || username !== '') return false;
  const isKnown = PUSH_SERVICES.some((each) => hostname === each || hostname.endsWith(`.${each}`));
  return (isKnown && port === '') || furtherHosts.includes(host);
};
