# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/bundle.mjs scripts/
COPY scripts/bundle scripts/bundle
COPY src src
RUN npm run compile && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production PORT=3000 FILES_FOLDER=/data/files
WORKDIR /app
# The program belongs to root and is only read; attachments go to a volume, sockets of the workers to /tmp.
RUN mkdir -p /data/files && chown -R node:node /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 3000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The first process forwards signals to its workers and waits for them.
CMD ["node", "--enable-source-maps", "dist/server.js"]
