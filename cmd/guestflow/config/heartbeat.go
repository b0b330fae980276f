package config

import (
	"time"

	"guestflow/importer/notify"
	"guestflow/tokencache/secret"
)

// Heartbeat is where a running process reports that it is healthy.
type Heartbeat struct {
	HeartbeatURL     secret.Text   `help:"URL that guestflow run calls (GET) as long as it is healthy, such as that of a check of healthchecks.io, which alarms when the calls stay away. One for each process." group:"Notifications" keyonly:""`
	HeartbeatURLFile string        `help:"File that holds heartbeat_url." type:"path" group:"Notifications" keyonly:""`
	HeartbeatEvery   time.Duration `help:"How often: 10s or more." default:"1m" group:"Notifications" keyonly:""`
}

// minHeartbeat leaves time for a call that is slow.
const minHeartbeat = 10 * time.Second

func (h Heartbeat) checkHeartbeat() error {
	if h.HeartbeatEvery < minHeartbeat {
		return Usagef("heartbeat_every is less than %s", minHeartbeat)
	}
	if !h.HeartbeatURL.Set() {
		return nil
	}
	if err := notify.CheckHeartbeat(h.HeartbeatURL); err != nil {
		return Usagef("heartbeat_url: %v", err)
	}
	return nil
}
