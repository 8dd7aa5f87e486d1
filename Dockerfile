# Three images. `workspace` is the whole workspace, so that every Nx target works inside it: `docker compose exec backend bash`.
# `migrate` and `api`, the last, are what runs in production: the built engine with the history, and the built service, each with
# the packages that it imports.
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
# There is no checkout in an image: the journal takes the commit from here.
ARG COMMIT=
ENV NX_MIKRO_ORM_COMMIT=$COMMIT
CMD ["node", "packages/api/src/development.ts"]

FROM dependencies AS build
COPY . .
RUN NX_DAEMON=false npx nx run-many --targets=build --projects=api,nx-mikro-orm --skip-nx-cache

FROM node:24-bookworm-slim AS migrate
WORKDIR /migrate
COPY package.json package-lock.json .npmrc ./
COPY packages/models/package.json packages/models/
COPY packages/migrations/package.json packages/migrations/
COPY --from=build /workspace/tools/nx-mikro-orm/dist tools/nx-mikro-orm
# Neither Nx nor a PostgreSQL: the server is the one of DATABASE_URL.
RUN npm ci --workspace=packages/migrations --omit=dev --omit=optional --omit=peer --ignore-scripts && npm cache clean --force
COPY packages/models/src packages/models/src
COPY packages/migrations packages/migrations
# Owned by root: a run changes no file, so that any user will do and the file system may be read-only.
ENV NODE_ENV=production
# There is no checkout in an image: the journal takes the commit from here.
ARG COMMIT=
ENV NX_MIKRO_ORM_COMMIT=$COMMIT
USER node
ENTRYPOINT ["node", "tools/nx-mikro-orm/bin.js"]
CMD ["up"]

FROM node:24-bookworm-slim AS api
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /api
# Owned by root: the service changes nothing of itself.
COPY --from=build /workspace/packages/api/dist/package.json /workspace/packages/api/dist/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /workspace/packages/api/dist/main.js /workspace/packages/api/dist/main.js.map ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "main.js"]
