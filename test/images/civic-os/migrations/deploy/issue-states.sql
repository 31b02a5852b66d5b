BEGIN;
ALTER TABLE public.issues ADD COLUMN state text NOT NULL DEFAULT 'open';
COMMIT;
