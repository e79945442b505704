#!/bin/sh
# Set up the roles of roles.sql and their passwords. The postgres image runs this when it first makes the database.
# An installation that is older than these roles runs it once: docker compose exec db /docker-entrypoint-initdb.d/roles.sh
set -eu

: "${DATABASE_OWNER_PASSWORD:?set DATABASE_OWNER_PASSWORD}" "${DATABASE_PASSWORD:?set DATABASE_PASSWORD}"

# psql reads the passwords from the environment, so that they stand in no command line.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --file "${ROLES_SQL:-/opt/tiptracker/roles.sql}" --file - <<'SQL'
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_PASSWORD
SET LOCAL log_statement = 'none';
ALTER ROLE tiptracker_owner PASSWORD :'owner_password';
ALTER ROLE tiptracker_app PASSWORD :'app_password';
-- The superuser signs in from inside the container alone, where no password is asked for.
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
