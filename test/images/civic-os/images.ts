import { civicOs } from "../../../apps/civicOs";
import type { SystemImages } from "../../engine/harness/systemImages";

/** What Sqitch and psql need in Debian bookworm besides the base. */
const sqitch = `libalgorithm-backoff-perl libalgorithm-c3-perl libb-hooks-endofscope-perl libb-hooks-op-check-perl
        libclass-c3-perl libclass-data-inheritable-perl libclass-inspector-perl libclass-method-modifiers-perl
        libclass-singleton-perl libclass-xsaccessor-perl libclone-choose-perl libclone-perl libcom-err2
        libconfig-gitlike-perl libdata-optlist-perl libdatetime-locale-perl libdatetime-perl
        libdatetime-timezone-perl libdbd-pg-perl libdbi-perl libdevel-callchecker-perl libdevel-stacktrace-perl
        libdynaloader-functions-perl libencode-locale-perl libeval-closure-perl libexception-class-perl
        libexporter-tiny-perl libffi8 libfile-sharedir-perl libfile-which-perl libgdbm-compat4 libgdbm6
        libgnutls30 libgssapi-krb5-2 libhash-merge-perl libhogweed6 libidn2-0 libimport-into-perl libintl-perl
        libio-pager-perl libipc-run3-perl libipc-system-simple-perl libk5crypto3 libkeyutils1 libkrb5-3
        libkrb5support0 libldap-2.5-0 liblist-moreutils-perl liblist-moreutils-xs-perl
        libmodule-implementation-perl libmodule-runtime-perl libmoo-perl libmoox-types-mooselike-perl
        libmro-compat-perl libnamespace-autoclean-perl libnamespace-clean-perl libnettle8 libp11-kit0
        libpackage-stash-perl libparams-classify-perl libparams-util-perl libparams-validationcompiler-perl
        libpath-class-perl libperl5.36 libperlio-utf8-strict-perl libpod-parser-perl libpq5 libreadline8
        libregexp-ipv6-perl librole-tiny-perl libsasl2-2 libsasl2-modules-db libspecio-perl libssl3
        libstring-formatter-perl libstring-shellquote-perl libsub-exporter-perl libsub-exporter-progressive-perl
        libsub-identify-perl libsub-install-perl libsub-name-perl libsub-quote-perl libtasn1-6
        libtemplate-tiny-perl libterm-readkey-perl libthrowable-perl libtry-tiny-perl libtype-tiny-perl
        libunistring2 liburi-db-perl liburi-nested-perl liburi-perl libvariable-magic-perl libxstring-perl
        netbase perl perl-modules-5.36 postgresql-client-15 postgresql-client-common readline-common sqitch`;

export const civicOsImages: SystemImages = {
  app: civicOs,
  images: {
    frontend: { debianPackages: { root: "nginx nginx-common libpcre2-8-0 libssl3 libcrypt1 zlib1g" } },
    postgrest: {},
    migrations: { debianPackages: { root: sqitch } },
    worker: {},
    paymentWorker: {},
  },
  misbehaviours: { "0.14.0-unverified": "unverified" },
};
