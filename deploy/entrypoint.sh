#!/bin/sh
# numba wants to write beside what it reads, and the image is read-only: give it its compiled code in the writable place.
set -eu
if [ -d /opt/yujing-compiled ] && [ -z "$(ls -A "$NUMBA_CACHE_DIR" 2>/dev/null)" ]; then
  cp -R /opt/yujing-compiled/. "$NUMBA_CACHE_DIR"/
fi
exec yujing "$@"
