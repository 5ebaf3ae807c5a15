#!/bin/sh
# Runs a command beside an nginx that serves the documented response on 127.0.0.1, over HTTP/1.1 in the clear and over
# HTTP/2 and HTTP/1.1 with TLS under a throw-away certificate:
#
#   tests/bench/nginx.sh COMMAND [ARGUMENT...]
#
# The command finds CLEAR_URL, TLS_URL and CA_FILE in its environment. Everything is gone when it ends.
set -eu

nginx=$(command -v nginx || echo /usr/sbin/nginx)
folder=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" && wait "$server" || true; } 2>/dev/null
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

mkdir -p "$folder/root/api/v1/images" "$folder/tmp"
cat >"$folder/root/api/v1/images/img_01ARZ3NDEKTSV4RRFFQ69G5FAV" <<'JSON'
{
  "success": true,
  "data": {
    "task_id": "img_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "model": "nano-banana-pro",
    "status": "completed",
    "output": {
      "resultUrls": [
        "https://cdn.apimall.ai/images/img_01ARZ3NDEKTSV4RRFFQ69G5FAV/0.png"
      ]
    },
    "primary_url": "https://cdn.apimall.ai/images/img_01ARZ3NDEKTSV4RRFFQ69G5FAV/0.png",
    "image_url": "https://cdn.apimall.ai/images/img_01ARZ3NDEKTSV4RRFFQ69G5FAV/0.png",
    "error_message": null,
    "credits_used": 12,
    "credits_refunded": 0,
    "created_at": "2026-03-12T09:30:12.000Z",
    "updated_at": "2026-03-12T09:31:06.000Z",
    "completed_at": "2026-03-12T09:31:06.000Z"
  },
  "request_id": "req_01ARZ3NDEKTSV4RRFFQ69G5FAV"
}
JSON

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null

write_conf() {
  cat >"$folder/nginx.conf" <<CONF
daemon off;
pid $folder/pid;
error_log $folder/error.log;
worker_processes 1;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path $folder/tmp/body;
  proxy_temp_path $folder/tmp/proxy;
  fastcgi_temp_path $folder/tmp/fastcgi;
  uwsgi_temp_path $folder/tmp/uwsgi;
  scgi_temp_path $folder/tmp/scgi;
  default_type application/json;
  open_file_cache max=10;
  server {
    listen 127.0.0.1:$1;
    listen 127.0.0.1:$2 ssl http2;
    ssl_certificate $folder/cert.pem;
    ssl_certificate_key $folder/key.pem;
    http2_max_concurrent_streams 100;
    root $folder/root;
  }
}
CONF
  grep -q ^root: /etc/passwd && [ "$(id -u)" = 0 ] && sed -i '1i user root;' "$folder/nginx.conf" || true
}

# nginx cannot be told to choose a free port: ports are tried until it can have two.
port=$((20000 + $$ % 20000))
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  port=$((port + 2 * attempt))
  write_conf "$port" $((port + 1))
  "$nginx" -e "$folder/error.log" -p "$folder" -c "$folder/nginx.conf" 2>/dev/null &
  server=$!
  for moment in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -s "$folder/pid" ] && break 2
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  kill "$server" 2>/dev/null || true
  server=
done
[ -n "$server" ] || { cat "$folder/error.log" >&2; exit 1; }

CLEAR_URL="http://127.0.0.1:$port"
TLS_URL="https://127.0.0.1:$((port + 1))"
CA_FILE="$folder/cert.pem"
export CLEAR_URL TLS_URL CA_FILE
"$@"
