//go:build unix

package spool

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// ownerOf is the user whom a file belongs to: who has dropped it, as far as that is known.
func ownerOf(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return ""
	}
	stat, is := info.Sys().(*syscall.Stat_t)
	if !is {
		return ""
	}
	id := strconv.FormatUint(uint64(stat.Uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "user " + id
}
