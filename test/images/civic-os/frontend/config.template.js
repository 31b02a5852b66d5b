window.civicOsConfig = {
  postgrestUrl: "$POSTGREST_URL",
  keycloak: { url: "$KEYCLOAK_URL", realm: "$KEYCLOAK_REALM", clientId: "$KEYCLOAK_CLIENT_ID" },
  map: { defaultCenter: [$MAP_DEFAULT_LAT, $MAP_DEFAULT_LNG], defaultZoom: $MAP_DEFAULT_ZOOM },
  s3: { endpoint: "$S3_ENDPOINT", bucket: "$S3_BUCKET" },
};
