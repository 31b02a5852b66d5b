-- Up Migration
-- Earlier releases don't notice: they name the columns that they read and write, and this one has a default.
ALTER TABLE notes ADD COLUMN pinned boolean NOT NULL DEFAULT false;
