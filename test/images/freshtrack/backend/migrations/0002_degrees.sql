-- Up Migration
ALTER TABLE temperature_readings RENAME COLUMN celsius TO degrees;

-- Down Migration
ALTER TABLE temperature_readings RENAME COLUMN degrees TO celsius;
