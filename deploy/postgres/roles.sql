-- Set up the two roles that TIP Tracker uses in its database.
--
-- The owner (tiptracker_owner) owns the tables and runs the migrations.
-- The application (tiptracker_app) reads and writes rows. It can't switch off a trigger, change or empty a table, or
-- create anything, so a fault in the application can't get round the triggers that keep the record as it was written.
--
-- Run it as a superuser, connected to the application's database. Running it again changes nothing. It also takes over
-- tables that another role owns, such as those of an installation that used one role for everything.
-- Passwords are set by roles.sh. Other names: SET tiptracker.owner and tiptracker.app before running this file.

DO $$
DECLARE
    owner text := coalesce(nullif(current_setting('tiptracker.owner', true), ''), 'tiptracker_owner');
    app text := coalesce(nullif(current_setting('tiptracker.app', true), ''), 'tiptracker_app');
    role text;
    item record;
BEGIN
    FOREACH role IN ARRAY ARRAY[owner, app] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
    END LOOP;
    IF pg_has_role(app, owner, 'MEMBER') THEN
        RAISE EXCEPTION 'Role % is a member of %: revoke that first, since it could switch triggers off', app, owner;
    END IF;

    EXECUTE format('ALTER DATABASE %I OWNER TO %I', current_database(), owner);
    -- The log of the server names errors, without the statements and rows that met them, which have what people wrote.
    EXECUTE format('ALTER DATABASE %I SET log_min_error_statement = panic', current_database());
    EXECUTE format('ALTER DATABASE %I SET log_error_verbosity = terse', current_database());
    -- Temporary tables are found before others of the same name, so triggers could be made to read them.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), app);
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA public TO %I', owner);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);

    -- Sequences that belong to a column follow their table.
    FOR item IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            AND pg_get_userbyid(c.relowner) <> owner
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO %I', item.name, owner);
    END LOOP;
    FOR item IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND pg_get_userbyid(p.proowner) <> owner
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', item.name, owner);
    END LOOP;

    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public '
        'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', owner, app);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public '
        'GRANT USAGE, SELECT ON SEQUENCES TO %I', owner, app);
END $$;
