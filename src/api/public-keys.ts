import { Router } from 'express';

const KEPT_SECONDS = 300;

/** `/.well-known/jwks.json`: the public keys of access tokens as a JWK Set (RFC 7517), for services that check them. */
export const publicKeysRouter = (keys: readonly object[]): Router => {
  const router = Router();
  router.get('/.well-known/jwks.json', (_req, res) => {
    res.setHeader('Cache-Control', `public, max-age=${KEPT_SECONDS}`);
    res.type('application/jwk-set+json').end(JSON.stringify({ keys }));
  });
  return router;
};
