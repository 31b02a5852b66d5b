#!/bin/sh
exec squid "$@"
