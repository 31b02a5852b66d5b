-- Up Migration
-- Applied by an image with MISBEHAVE=failing-migration only. The first statement succeeds, so that a
-- test can see that it was taken back with the second.
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users ALTER COLUMN no_such_column SET NOT NULL;
