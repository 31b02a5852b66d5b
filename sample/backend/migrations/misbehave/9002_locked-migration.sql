-- Up Migration
-- Applied by an image with MISBEHAVE=locked-migration only, while another transaction reads the table. Not
-- the table of the notes: a waiting ALTER TABLE makes every later query wait too, and the release that
-- serves is to be seen serving.
ALTER TABLE users ADD COLUMN nickname text;
