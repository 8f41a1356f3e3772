#!/bin/sh
# Without CI a missing Chromium only means that the browser tests say they were skipped.
# With CI=true it is installed (Debian's package), or the run fails.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
[ "${CI:-}" = "true" ] || exit 0
echo "Installing Chromium for the browser tests"
if [ "$(id -u)" = "0" ]; then run=""; else run="sudo"; fi
$run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq chromium >/dev/null || {
  echo "CI needs a Chromium for the browser tests and could not install one" >&2
  exit 1
}
