# The whole workspace, so that every Nx target works inside it: `docker compose exec backend bash`.
# The base has the Node major of the npm package `node` in package.json.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /workspace
# What decides the dependencies comes first: as long as it stays the same, this layer does too.
COPY package.json package-lock.json .npmrc ./
COPY packages/models/package.json packages/models/
COPY packages/migrations/package.json packages/migrations/
COPY packages/api/package.json packages/api/
COPY tools/nx-mikro-orm/package.json tools/nx-mikro-orm/bin.js tools/nx-mikro-orm/
COPY tools/bench/package.json tools/bench/
# Here Node comes with the image: the copy from npm, for machines with an older one, is dead weight.
RUN npm ci \
  && npm cache clean --force \
  && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-bookworm-slim AS workspace
# Nx keeps no process behind in a container, and asks nothing.
ENV NX_DAEMON=false NX_TUI=false
# The user of the image: `create` writes revisions here, and the scratch PostgreSQL refuses to run as root.
RUN mkdir /workspace && chown node:node /workspace
USER node
WORKDIR /workspace
RUN mkdir .nx .nx-mikro-orm
COPY --from=dependencies --chown=node:node /workspace ./
COPY --chown=node:node . .
CMD ["node", "packages/api/src/main.ts"]
