#!/bin/sh
# The dashboard's container starts here: fills in nginx's configuration and becomes nginx.
# GATEWAY_URL: where the gateway is, such as http://gateway:8000. Nothing else is read from the environment.
set -eu
template=${1:-/etc/sentinel/nginx.conf.template}
target=${2:-/tmp/nginx.conf}
names=${3:-/etc/resolv.conf}

fail() {
  echo "dashboard: $1" >&2
  exit 1
}

url=${GATEWAY_URL:-}
url=${url%/}
host='([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])'
printf %s "$url" | grep -Eqx "http://$host(:[0-9]{1,5})?" ||
  fail "GATEWAY_URL is no address: set it to http://HOST:PORT, without a path"

# nginx asks DNS itself, and takes a name as it stands. In Kubernetes a Service's short name is completed by the first
# of the search domains, NAMESPACE.svc.CLUSTER; elsewhere (compose) the short name is the whole one.
domain=$(awk '$1 == "search" { for (i = 2; i <= NF; i++) if ($i ~ /\.svc\./) { print $i; exit } }' "$names")
if [ -n "$domain" ]; then
  url=$(printf %s "$url" | sed -E "s|^(http://[A-Za-z0-9-]+)(:[0-9]+)?\$|\\1.$domain\\2|")
fi

# IPv6 in brackets; a scoped address (fe80::1%eth0) nginx does not know
resolvers=$(awk '$1 == "nameserver" && $2 !~ /%/ { printf "%s%s", sep, ($2 ~ /:/ ? "[" $2 "]" : $2); sep = " " }' "$names")

# where the kernel has no IPv6, nginx would refuse to start
if [ -e /proc/net/if_inet6 ]; then listen_ipv6=' listen [::]:8080;'; else listen_ipv6=; fi

sed -e "s|\${LISTEN_IPV6}|$listen_ipv6|" -e "s|\${GATEWAY_URL}|$url|" -e "s|\${RESOLVERS}|${resolvers:-127.0.0.1}|" "$template" >"$target"
exec nginx -e /dev/stderr -c "$target" -g 'daemon off;'
