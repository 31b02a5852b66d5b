-- Up Migration
ALTER TABLE racks ADD COLUMN location text NOT NULL DEFAULT '';

-- Down Migration
ALTER TABLE racks DROP COLUMN location;
