BEGIN;

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'web_anon') THEN CREATE ROLE web_anon NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN CREATE ROLE authenticated NOLOGIN; END IF;
END $$;
GRANT web_anon TO authenticator;
GRANT authenticated TO authenticator;
ALTER ROLE web_anon SET search_path = public, postgis;
ALTER ROLE authenticated SET search_path = public, postgis;

CREATE SCHEMA IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA postgis;
CREATE SCHEMA IF NOT EXISTS payments;
CREATE SCHEMA IF NOT EXISTS plugins;
-- One that the owner of a database may make itself.
CREATE EXTENSION IF NOT EXISTS pgcrypto;
GRANT USAGE ON SCHEMA public, metadata, postgis TO web_anon, authenticated;

-- What PostgREST asks before each request: who has logged in has more rights.
CREATE FUNCTION metadata.check_jwt() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  IF current_setting('request.jwt.claims')::json ->> 'sub' IS NOT NULL THEN SET LOCAL ROLE authenticated; END IF;
END $$;

CREATE TABLE public.issues (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  location postgis.geography(Point, 4326) NOT NULL
);
ALTER TABLE public.issues ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON public.issues FOR SELECT USING (true);
CREATE POLICY residents_report ON public.issues FOR INSERT TO authenticated WITH CHECK (true);
GRANT SELECT ON public.issues TO web_anon, authenticated;
GRANT INSERT ON public.issues TO authenticated;

CREATE TABLE metadata.river_job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  args jsonb NOT NULL,
  state text NOT NULL DEFAULT 'available',
  result text
);
-- Of the workers alone.
ALTER TABLE metadata.river_job ENABLE ROW LEVEL SECURITY;
CREATE TABLE metadata.webhooks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  provider_event_id text NOT NULL,
  event_type text NOT NULL,
  signature_verified boolean NOT NULL,
  UNIQUE (provider, provider_event_id)
);
ALTER TABLE metadata.webhooks ENABLE ROW LEVEL SECURITY;

COMMIT;
