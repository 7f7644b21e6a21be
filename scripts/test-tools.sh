#!/usr/bin/env bash
# What the tests need beside Python: a PostgreSQL server, Chromium and a Chinese font. Installs what is missing
# where apt and root are at hand; elsewhere says what to install (the tests then say so, too).
set -eu
missing=()
find_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
find_postgres >/dev/null 2>&1 || missing+=(postgresql)
[ -n "${QIFU_CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk fontconfig)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing for the tests: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "for all tests, install: ${missing[*]}" >&2
fi
