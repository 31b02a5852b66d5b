#!/bin/bash
cat /etc/stand-in >&2
exec /opt/keycloak/bin/keycloak.sh "$@"
