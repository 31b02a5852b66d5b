-- Up Migration
-- Earlier releases can't work with it: their queries name the old column.
ALTER TABLE notes RENAME COLUMN text TO body;
