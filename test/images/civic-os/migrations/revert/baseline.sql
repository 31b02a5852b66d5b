BEGIN;
DROP TABLE metadata.webhooks, metadata.river_job, public.issues;
DROP FUNCTION metadata.check_jwt();
DROP EXTENSION pgcrypto;
COMMIT;
