#!/bin/sh
# Brings libcurl (7.88 or newer, with TLS and HTTP/2) and simdjson to a machine of cibuildwheel, into VCPKG_ROOT.
# The images of manylinux have older ones, or none; what Homebrew builds runs on the newest macOS alone.
#
# Not tried: it needs those machines, and a network that reaches GitHub.
set -eu

release=2025.06.13
features=openssl,http2
bootstrap=bootstrap-vcpkg.sh

case "$(uname -s)" in
  Linux)
    if command -v apk >/dev/null; then
      # musllinux: Alpine has both, new enough; CMake finds them without vcpkg.
      apk add --no-cache curl-dev simdjson-dev
      exit
    fi
    # vcpkg's own tools, and what OpenSSL is built with.
    dnf install -y git zip unzip tar perl-core
    ;;
  Darwin) ;;
  *) # Windows, which trusts what its own store trusts
    features=schannel,http2
    bootstrap=bootstrap-vcpkg.bat
    ;;
esac

[ -d "$VCPKG_ROOT" ] || git clone --depth 1 --branch "$release" https://github.com/microsoft/vcpkg "$VCPKG_ROOT"
"$VCPKG_ROOT/$bootstrap" -disableMetrics
"$VCPKG_ROOT/vcpkg" install --triplet "$VCPKG_DEFAULT_TRIPLET" "curl[core,$features]" simdjson
