#!/bin/bash
# A private RabbitMQ node: loopback only, with its own cookie, user and port mapper, nothing shared with a service.
#
#   SERVER_PASSWORD=... rabbitmq.sh STATE_DIRECTORY AMQP_PORT DISTRIBUTION_PORT PORT_MAPPER_PORT
#
# Becomes the node itself: SIGTERM stops it cleanly. The data lies in STATE_DIRECTORY/rabbitmq. The node's name never
# changes, so it finds its data whatever the ports. The user is 'sessionplatform'.
set -eu
. "$(dirname "$0")/private-server.sh"
state=$1 port=$2 distribution_port=$3 mapper_port=$4

sbin=$(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin 2>/dev/null | sort -V | tail -1)
[ -x "$sbin/rabbitmq-server" ] || fail "No RabbitMQ here. Install it: apt-get install -y rabbitmq-server"
choose_user rabbitmq nobody
place_data "$state" rabbitmq

umask 077
mkdir -p home log mnesia config
cat > rabbitmq.conf <<END
listeners.tcp.local = 127.0.0.1:$port
load_definitions = $data/definitions.json
log.file = false
log.console = true
log.console.level = warning
# Clients that come, greet and go are health checks.
log.connection.level = error
# A consumer may hold a delivery this long (milliseconds) before the broker takes it back.
consumer_timeout = 1800000
# Quorum queues: the default write-ahead log of 512 MB is kept in memory, too.
raft.wal_max_size_bytes = 67108864
disk_free_limit.absolute = 512MB
END
cat > definitions.json <<END
{
  "users": [{"name": "sessionplatform", "password": "$SERVER_PASSWORD", "tags": "administrator"}],
  "vhosts": [{"name": "/"}],
  "permissions": [{"user": "sessionplatform", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}]
}
END
echo "[${SERVER_PLUGINS:-rabbitmq_consistent_hash_exchange}]." > enabled_plugins
: > environment.conf
[ -z "$user" ] || chown -R "$user:" "$data"
unset SERVER_PASSWORD

export HOME=$data/home RABBITMQ_NODENAME=sessionplatform@localhost RABBITMQ_MNESIA_BASE=$data/mnesia
export RABBITMQ_LOG_BASE=$data/log RABBITMQ_CONFIG_FILE=$data/rabbitmq.conf RABBITMQ_CONF_ENV_FILE=$data/environment.conf
export RABBITMQ_ADVANCED_CONFIG_FILE=$data/advanced.config RABBITMQ_ENABLED_PLUGINS_FILE=$data/enabled_plugins
export RABBITMQ_GENERATED_CONFIG_DIR=$data/config RABBITMQ_DIST_PORT=$distribution_port
export RABBITMQ_LOG=warning,-color ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$mapper_port ERL_CRASH_DUMP_SECONDS=0
# No busy waiting: the node shares its cores with everything else on the machine.
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none +sbwtdcpu none +sbwtdio none \
    -kernel inet_dist_use_interface {127,0,0,1}"
# Makes the start script exec the node instead of waiting for it, so that signals reach it.
export RUNNING_UNDER_SYSTEMD=true
exec "${as_user[@]}" setpriv --pdeathsig TERM -- "$sbin/rabbitmq-server"
