#!/usr/bin/env bash
# Make the secrets of compose.yaml once: random, each readable by the one user that needs it. Run as root.
# Nothing that is there is written anew. Keep vault_key elsewhere too: without it names cannot be read.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets && chmod 711 secrets

random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

keep() {   # name, owner, content
  local path="secrets/$1"
  if [ ! -e "$path" ]; then
    printf '%s' "$3" > "$path.new"
    chown "$2" "$path.new"
    chmod 400 "$path.new"
    mv "$path.new" "$path"
    echo "made $path"
  fi
}

YUJING=10001:10001
keep vault_key "$YUJING" "$(random)"
if [ ! -e secrets/postgres_password ]; then
  password=$(random)
  keep postgres_password 999:999 "$password"
  keep postgres_url "$YUJING" "postgresql://yujing:$password@postgres:5432/yujing"
fi
[ -e secrets/boards_password ] || keep boards_password 472:0 "$(random)"
if [ ! -e secrets/clickhouse_url ]; then
  password=$(random)
  hash=$(printf '%s' "$password" | sha256sum | cut -d' ' -f1)
  boards_hash=$(sha256sum < secrets/boards_password | cut -d' ' -f1)
  keep clickhouse_users.xml 101:101 "<clickhouse><users>
  <default remove=\"remove\"/>
  <yujing>
    <password_sha256_hex>$hash</password_sha256_hex>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants><query>GRANT ALL ON yujing.*</query><query>GRANT CREATE TEMPORARY TABLE ON *.*</query></grants>
  </yujing>
  <boards>
    <password_sha256_hex>$boards_hash</password_sha256_hex>
    <networks><ip>::/0</ip></networks>
    <profile>boards</profile>
    <quota>default</quota>
    <grants>$(for table in cells standing rollup standing_cells places card_events latest_scores scores; do
      printf '<query>GRANT SELECT ON yujing.%s</query>' "$table"; done)</grants>
  </boards>
</users>
<profiles><boards>
  <readonly>1</readonly>
  <max_execution_time>30</max_execution_time>
  <max_memory_usage>2000000000</max_memory_usage>
  <max_threads>4</max_threads>
  <max_result_rows>100000</max_result_rows>
  <max_concurrent_queries_for_user>16</max_concurrent_queries_for_user>
  <constraints><max_execution_time><min>0</min><max>60</max><changeable_in_readonly/></max_execution_time></constraints>
</boards></profiles></clickhouse>
"
  keep clickhouse_url "$YUJING" "http://yujing:$password@clickhouse:8123/yujing"
fi
keep grafana_password 472:0 "$(random)"
