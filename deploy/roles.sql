-- The two roles of the database: one that owns the tables and migrates, one as which the portal runs.
--
--   psql -v owner_password="'…'" -v app_password="'…'" -v database=mreza -f deploy/roles.sql postgres
--
-- as a superuser of the server, once; running it again changes nothing but the passwords. Then
--   DATABASE_URL=postgres://mreza_owner:…@host/mreza  manage.py migrate && manage.py createcachetable
-- and after it, and after each later migration that adds tables to the record:
--   psql -v owner_password=… -v app_password=… -v database=mreza -f deploy/roles.sql postgres
-- The portal itself gets DATABASE_URL=postgres://mreza_app:…@host/mreza. `manage.py check --deploy` says whether it holds.
\set ON_ERROR_STOP on

SELECT 'CREATE ROLE mreza_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mreza_owner') \gexec
SELECT 'CREATE ROLE mreza_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mreza_app') \gexec
ALTER ROLE mreza_owner PASSWORD :owner_password NOSUPERUSER NOCREATEROLE NOCREATEDB;
ALTER ROLE mreza_app PASSWORD :app_password NOSUPERUSER NOCREATEROLE NOCREATEDB;
SELECT format('CREATE DATABASE %I OWNER mreza_owner', :'database')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('ALTER DATABASE %I OWNER TO mreza_owner', :'database') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'database') \gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO mreza_app', :'database') \gexec

\connect :database
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO mreza_owner;
GRANT USAGE ON SCHEMA public TO mreza_app;
-- The portal reads and writes rows; it makes, changes and empties no tables. So it is for tables made later.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mreza_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mreza_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mreza_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mreza_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mreza_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mreza_app;
-- The record of who did what, and figures as they were reported, only grow: nothing of them is changed or removed by the portal.
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM mreza_app', tablename)
  FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('audit_auditentry', 'audit_audittext', 'audit_seal', 'reports_snapshot', 'reports_frozentraining') \gexec
