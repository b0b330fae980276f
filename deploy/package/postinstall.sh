#!/bin/sh
# Makes the user and the folders of the service. It is not started: it wants to know its account first (guestflow.service).
set -e
if ! getent passwd guestflow >/dev/null; then
	useradd --system --home-dir /var/lib/guestflow --shell /usr/sbin/nologin guestflow
fi
install -d -m 755 /etc/guestflow
install -d -o guestflow -g guestflow -m 700 /etc/guestflow/console /srv/guestflow /srv/guestflow/inbox
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
