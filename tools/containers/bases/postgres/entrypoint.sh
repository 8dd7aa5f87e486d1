#!/usr/bin/env bash
# As the official image does it: the first start makes the database of POSTGRES_DB; everything else is run as it is.
set -euo pipefail
[[ "$1" == postgres ]] || exec "$@"
if [[ "$(id --user)" == 0 ]]; then
  mkdir --parents /var/run/postgresql
  chown postgres:postgres /var/lib/postgresql /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
bin=/usr/lib/postgresql/18/bin
data=/var/lib/postgresql/18/docker
if [[ ! -s "$data/PG_VERSION" ]]; then
  mkdir --parents "$data"
  "$bin/initdb" --pgdata="$data" --username="$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  echo "create database \"$POSTGRES_DB\"" | "$bin/postgres" --single -D "$data" postgres
fi
exec "$bin/postgres" -D "$data" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
