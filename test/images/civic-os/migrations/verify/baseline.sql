SELECT title, postgis.ST_AsText(location) FROM public.issues WHERE false;
SELECT kind, args, state, result FROM metadata.river_job WHERE false;
SELECT provider, provider_event_id, event_type, signature_verified FROM metadata.webhooks WHERE false;
