DROP TABLE river_job;
DROP TABLE events;
