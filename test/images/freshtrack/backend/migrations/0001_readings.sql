-- Up Migration
CREATE TABLE temperature_readings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id text NOT NULL,
  celsius numeric NOT NULL,
  timestamp timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_readings_unit_timestamp ON temperature_readings (unit_id, timestamp DESC);
CREATE TABLE alert_instances (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reading_id bigint NOT NULL REFERENCES temperature_readings,
  status text NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_alerts_status ON alert_instances (status, created_at DESC);

-- Down Migration
DROP TABLE alert_instances, temperature_readings;
