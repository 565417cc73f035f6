#!/bin/sh
# Writes the secrets that compose.yml reads into docker/secrets; keeps those that are there.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
random() { python3 -c 'import secrets; print(secrets.token_urlsafe(32))'; }
keep() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }
keep secret_key "$(random)"
keep database_password "$(random)"
keep redis_password "$(random)"
keep database_url "postgresql://lectern:$(cat secrets/database_password)@postgres:5432/lectern"
keep redis_url "redis://:$(cat secrets/redis_password)@valkey:6379/0"
# Compose mounts these files with the rights they have here, and the containers do not run as root.
chmod 444 secrets/*
